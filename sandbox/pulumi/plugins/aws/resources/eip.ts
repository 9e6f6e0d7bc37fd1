import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  ReleaseAddressCommand,
  type Address,
} from "@aws-sdk/client-ec2";
import { waitFor } from "../../protocol/waitFor";
import type { Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { codeOf, says, unlessGone } from "../awsError";
import { optionalText, type ResourceKind } from "../resourceKind";
import { tagSpecifications, tagsOfList, tagsSchema, tagsState, updateEc2Tags } from "../tags";
import { oneOf } from "./oneOf";

const DELETE_TIMEOUT_MS = 3 * 60_000;
const GONE = ["InvalidAllocationID.NotFound", "InvalidAddress.NotFound"];
const association = "addresses are those of NAT gateways here: give allocationId to a NatGateway";
const pools = "the emulated AWS has one pool of public addresses";

export const eip: ResourceKind = {
  type: "aws:ec2/eip:Eip",
  schema: {
    address: { type: "string", replaces: true, refused: pools },
    allocationId: { type: "string", output: true },
    arn: { type: "string", output: true },
    associateWithPrivateIp: { type: "string", refused: association },
    associationId: { type: "string", output: true },
    carrierIp: { type: "string", output: true },
    customerOwnedIp: { type: "string", output: true },
    customerOwnedIpv4Pool: { type: "string", replaces: true, refused: pools },
    domain: {
      type: "string",
      computed: true,
      replaces: true,
      problem: (value) => oneOf(["vpc"], value),
    },
    instance: { type: "string", computed: true, refused: association },
    ipamPoolId: { type: "string", computed: true, replaces: true, refused: pools },
    networkBorderGroup: { type: "string", computed: true, replaces: true },
    networkInterface: { type: "string", computed: true, refused: association },
    privateDns: { type: "string", output: true },
    privateIp: { type: "string", output: true },
    ptrRecord: { type: "string", output: true },
    publicDns: { type: "string", output: true },
    publicIp: { type: "string", output: true },
    publicIpv4Pool: { type: "string", computed: true, replaces: true },
    region: { type: "string", computed: true, replaces: true },
    ...tagsSchema,
  },
  async create(inputs, aws) {
    const PublicIpv4Pool = optionalText(inputs, "publicIpv4Pool");
    const NetworkBorderGroup = optionalText(inputs, "networkBorderGroup");
    const command = new AllocateAddressCommand({
      Domain: "vpc",
      ...(PublicIpv4Pool === undefined ? {} : { PublicIpv4Pool }),
      ...(NetworkBorderGroup === undefined ? {} : { NetworkBorderGroup }),
      ...tagSpecifications(inputs, "elastic-ip"),
    });
    const { AllocationId } = await says("creating EC2 EIP", () => aws.ec2.send(command));
    return AllocationId ?? "";
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(id, found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEc2Tags(aws, id, state, inputs);
    return undefined;
  },
  async delete(id, _state, aws) {
    // A NAT gateway that was just removed holds its address for a while.
    await waitFor(`deleting EC2 EIP (${id})`, aws.act, DELETE_TIMEOUT_MS, async () => {
      try {
        await unlessGone(GONE, () => aws.ec2.send(new ReleaseAddressCommand({ AllocationId: id })));
        return true;
      } catch (error) {
        if (codeOf(error) === "InvalidIPAddress.InUse") return undefined;
        return says(`deleting EC2 EIP (${id})`, () => Promise.reject(error as Error));
      }
    });
  },
};

async function find(id: string, aws: Aws): Promise<Address | undefined> {
  const answer = await says(`reading EC2 EIP (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeAddressesCommand({ AllocationIds: [id] }))),
  );
  return answer?.Addresses?.[0];
}

async function propertiesOf(id: string, found: Address, aws: Aws): Promise<Properties> {
  const publicIp = found.PublicIp ?? "";
  const privateIp = found.PrivateIpAddress ?? "";
  const name = (address: string) => address.replaceAll(".", "-");
  return {
    allocationId: id,
    // EC2 does not tell whose an address is: it is the caller's.
    arn: `arn:aws:ec2:${aws.region}:${(await aws.caller()).accountId}:elastic-ip/${id}`,
    associationId: found.AssociationId ?? "",
    carrierIp: found.CarrierIp ?? "",
    customerOwnedIp: found.CustomerOwnedIp ?? "",
    domain: found.Domain ?? "vpc",
    instance: found.InstanceId ?? "",
    ipamPoolId: "",
    networkBorderGroup: found.NetworkBorderGroup ?? aws.region,
    networkInterface: found.NetworkInterfaceId ?? "",
    privateDns: privateIp === "" ? "" : `ip-${name(privateIp)}.${aws.region}.compute.internal`,
    privateIp,
    ptrRecord: "",
    publicDns: `ec2-${name(publicIp)}.${aws.region}.compute.amazonaws.com`,
    publicIp,
    publicIpv4Pool: found.PublicIpv4Pool ?? "amazon",
    ...tagsState(tagsOfList(found.Tags), aws),
  };
}
