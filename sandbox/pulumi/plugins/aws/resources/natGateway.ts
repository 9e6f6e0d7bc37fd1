import { randomUUID } from "node:crypto";
import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import { waitFor } from "../../protocol/waitFor";
import { defined, type Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { optionalText, text, type ResourceKind } from "../resourceKind";
import { tagSpecifications, tagsOfList, tagsSchema, tagsState, updateEc2Tags } from "../tags";
import { oneOf } from "./oneOf";

const CREATE_TIMEOUT_MS = 10 * 60_000;
const DELETE_TIMEOUT_MS = 30 * 60_000;
const GONE = ["NatGatewayNotFound"];
const one = "a NAT gateway has one address here";
const regional = "NAT gateways are those of a subnet here: give subnetId";

export const natGateway: ResourceKind = {
  type: "aws:ec2/natGateway:NatGateway",
  schema: {
    allocationId: { type: "string", replaces: true },
    associationId: { type: "string", output: true },
    autoProvisionZones: { type: "string", output: true },
    autoScalingIps: { type: "string", output: true },
    availabilityMode: {
      type: "string",
      computed: true,
      replaces: true,
      problem: (value) => (value === "zonal" ? undefined : `${JSON.stringify(value)}: ${regional}`),
    },
    availabilityZoneAddresses: { type: { list: "map" }, refused: regional },
    connectivityType: {
      type: "string",
      default: "public",
      replaces: true,
      problem: (value) => oneOf(["private", "public"], value),
    },
    networkInterfaceId: { type: "string", output: true },
    privateIp: {
      type: "string",
      computed: true,
      replaces: true,
      refused: "the address is EC2's choice here",
    },
    publicIp: { type: "string", output: true },
    region: { type: "string", computed: true, replaces: true },
    regionalNatGatewayAddresses: { type: { list: "map" }, output: true },
    regionalNatGatewayAutoMode: { type: "string", output: true },
    routeTableId: { type: "string", output: true },
    secondaryAllocationIds: { type: { set: "string" }, computed: true, refused: one },
    secondaryPrivateIpAddressCount: { type: "number", computed: true, replaces: true, refused: one },
    secondaryPrivateIpAddresses: { type: { set: "string" }, computed: true, refused: one },
    subnetId: { type: "string", replaces: true },
    ...tagsSchema,
    vpcId: { type: "string", computed: true, replaces: true, refused: regional },
  },
  problems: ({ allocationId, connectivityType, subnetId }) => [
    ...(subnetId === undefined ? [{ property: "subnetId", reason: `subnetId is missing: ${regional}` }] : []),
    ...(connectivityType === "private" && allocationId !== undefined
      ? [{ property: "allocationId", reason: "allocationId is not supported with connectivityType private" }]
      : []),
  ],
  async create(inputs, aws) {
    const AllocationId = optionalText(inputs, "allocationId");
    const command = new CreateNatGatewayCommand({
      ClientToken: randomUUID(),
      SubnetId: text(inputs, "subnetId"),
      ConnectivityType: inputs["connectivityType"] === "private" ? "private" : "public",
      ...(AllocationId === undefined ? {} : { AllocationId }),
      ...tagSpecifications(inputs, "natgateway"),
    });
    const { NatGateway } = await says("creating EC2 NAT Gateway", () => aws.ec2.send(command));
    return NatGateway?.NatGatewayId ?? "";
  },
  async settle(id, _inputs, aws) {
    const what = `waiting for EC2 NAT Gateway (${id}) create`;
    await waitFor(what, aws.act, CREATE_TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.State === "failed") {
        throw new Error(`${what}: ${found.FailureCode ?? ""}: ${found.FailureMessage ?? ""}`);
      }
      return found?.State === "available" ? true : undefined;
    });
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined || found.State === "deleted" ? undefined : propertiesOf(found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEc2Tags(aws, id, state, inputs);
    return undefined;
  },
  async delete(id, _state, aws) {
    await says(`deleting EC2 NAT Gateway (${id})`, () =>
      unlessGone(GONE, () => aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }))),
    );
    await waitFor(`waiting for EC2 NAT Gateway (${id}) delete`, aws.act, DELETE_TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      return found === undefined || found.State === "deleted" ? true : undefined;
    });
  },
};

async function find(id: string, aws: Aws): Promise<NatGateway | undefined> {
  const answer = await says(`reading EC2 NAT Gateway (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))),
  );
  return answer?.NatGateways?.[0];
}

function propertiesOf(found: NatGateway, aws: Aws): Properties {
  const [address] = found.NatGatewayAddresses ?? [];
  return defined({
    allocationId: address?.AllocationId,
    associationId: address?.AssociationId ?? "",
    autoProvisionZones: "",
    autoScalingIps: "",
    availabilityMode: "zonal",
    connectivityType: found.ConnectivityType ?? "public",
    networkInterfaceId: address?.NetworkInterfaceId ?? "",
    privateIp: address?.PrivateIp ?? "",
    publicIp: address?.PublicIp ?? "",
    regionalNatGatewayAddresses: [],
    regionalNatGatewayAutoMode: "",
    routeTableId: "",
    secondaryAllocationIds: [],
    secondaryPrivateIpAddressCount: 0,
    secondaryPrivateIpAddresses: [],
    subnetId: found.SubnetId,
    vpcId: found.VpcId,
    ...tagsState(tagsOfList(found.Tags), aws),
  });
}
