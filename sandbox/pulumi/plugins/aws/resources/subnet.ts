import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
  type ModifySubnetAttributeCommandInput,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { waitFor } from "../../protocol/waitFor";
import { equal } from "../../../engine/propertyValues";
import { defined, type Properties, type Value } from "../../protocol/values";
import type { Aws } from "../aws";
import { codeOf, says, unlessGone } from "../awsError";
import { optionalText, text, type ResourceKind } from "../resourceKind";
import { tagSpecifications, tagsOfList, tagsSchema, tagsState, updateEc2Tags } from "../tags";
import { cidrProblem } from "./cidrProblem";

const CREATE_TIMEOUT_MS = 10 * 60_000;
const DELETE_TIMEOUT_MS = 20 * 60_000;
const ipam = "there is no IPAM in the emulated AWS; give cidrBlock";
const ipv6 = "pods get IPv4 addresses only here";
const outposts = "there are no Outposts in the emulated AWS";

export const subnet: ResourceKind = {
  type: "aws:ec2/subnet:Subnet",
  schema: {
    arn: { type: "string", output: true },
    assignIpv6AddressOnCreation: {
      type: "boolean",
      default: false,
      problem: (value) => notTrue(value, ipv6),
    },
    availabilityZone: {
      type: "string",
      computed: true,
      replaces: true,
      conflictsWith: ["availabilityZoneId"],
    },
    availabilityZoneId: { type: "string", computed: true, replaces: true },
    cidrBlock: {
      type: "string",
      computed: true,
      replaces: true,
      problem: (value) => cidrProblem(value, 16, 28),
    },
    customerOwnedIpv4Pool: { type: "string", refused: outposts },
    enableDns64: { type: "boolean", default: false, problem: (value) => notTrue(value, ipv6) },
    enableLniAtDeviceIndex: { type: "number", refused: outposts },
    enableResourceNameDnsARecordOnLaunch: { type: "boolean", default: false },
    enableResourceNameDnsAaaaRecordOnLaunch: {
      type: "boolean",
      default: false,
      problem: (value) => notTrue(value, ipv6),
    },
    ipv4IpamPoolId: { type: "string", replaces: true, refused: ipam },
    ipv4NetmaskLength: { type: "number", replaces: true, refused: ipam },
    ipv6CidrBlock: { type: "string", computed: true, refused: ipv6 },
    ipv6CidrBlockAssociationId: { type: "string", output: true },
    ipv6IpamPoolId: { type: "string", replaces: true, refused: ipv6 },
    ipv6Native: { type: "boolean", replaces: true, default: false, problem: (value) => notTrue(value, ipv6) },
    ipv6NetmaskLength: { type: "number", replaces: true, refused: ipv6 },
    mapCustomerOwnedIpOnLaunch: { type: "boolean", refused: outposts },
    mapPublicIpOnLaunch: { type: "boolean", default: false },
    outpostArn: { type: "string", replaces: true, refused: outposts },
    ownerId: { type: "string", output: true },
    privateDnsHostnameTypeOnLaunch: { type: "string", computed: true, problem: hostnameTypeProblem },
    region: { type: "string", computed: true, replaces: true },
    ...tagsSchema,
    vpcId: { type: "string", required: true, replaces: true },
  },
  problems: ({ cidrBlock }) =>
    cidrBlock === undefined ? [{ property: "cidrBlock", reason: `cidrBlock is missing: ${ipam}` }] : [],
  async create(inputs, aws) {
    const AvailabilityZone = optionalText(inputs, "availabilityZone");
    const AvailabilityZoneId = optionalText(inputs, "availabilityZoneId");
    const command = new CreateSubnetCommand({
      VpcId: text(inputs, "vpcId"),
      CidrBlock: text(inputs, "cidrBlock"),
      ...(AvailabilityZone === undefined ? {} : { AvailabilityZone }),
      ...(AvailabilityZoneId === undefined ? {} : { AvailabilityZoneId }),
      ...tagSpecifications(inputs, "subnet"),
    });
    const { Subnet } = await says("creating EC2 Subnet", () => aws.ec2.send(command));
    return Subnet?.SubnetId ?? "";
  },
  async settle(id, inputs, aws) {
    const there = await waitFor(
      `waiting for EC2 Subnet (${id}) create`,
      aws.act,
      CREATE_TIMEOUT_MS,
      async () => {
        const found = await find(id, aws);
        return found?.State === "available" ? found : undefined;
      },
    );
    await modify(id, attributesOf(there), inputs, aws);
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEc2Tags(aws, id, state, inputs);
    await modify(id, state, inputs, aws);
    return undefined;
  },
  async delete(id, _state, aws) {
    // Interfaces of what was just removed take a while to go, and hold the subnet until then.
    await waitFor(`deleting EC2 Subnet (${id})`, aws.act, DELETE_TIMEOUT_MS, async () => {
      try {
        await unlessGone(GONE, () => aws.ec2.send(new DeleteSubnetCommand({ SubnetId: id })));
        return true;
      } catch (error) {
        if (codeOf(error) === "DependencyViolation") return undefined;
        return says(`deleting EC2 Subnet (${id})`, () => Promise.reject(error as Error));
      }
    });
  },
};

const GONE = ["InvalidSubnetID.NotFound"];

async function find(id: string, aws: Aws): Promise<Subnet | undefined> {
  const answer = await says(`reading EC2 Subnet (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))),
  );
  return answer?.Subnets?.[0];
}

function propertiesOf(found: Subnet, aws: Aws): Properties {
  return defined({
    arn: found.SubnetArn,
    availabilityZone: found.AvailabilityZone,
    availabilityZoneId: found.AvailabilityZoneId,
    cidrBlock: found.CidrBlock,
    ownerId: found.OwnerId,
    vpcId: found.VpcId,
    ipv6CidrBlock: "",
    ipv6CidrBlockAssociationId: "",
    ...attributesOf(found),
    ...tagsState(tagsOfList(found.Tags), aws),
  });
}

/** What can be changed of a subnet, one at a time. */
function attributesOf(found: Subnet): Properties {
  const names = found.PrivateDnsNameOptionsOnLaunch;
  return {
    assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation ?? false,
    enableDns64: found.EnableDns64 ?? false,
    enableResourceNameDnsARecordOnLaunch: names?.EnableResourceNameDnsARecord ?? false,
    enableResourceNameDnsAaaaRecordOnLaunch: names?.EnableResourceNameDnsAAAARecord ?? false,
    ipv6Native: found.Ipv6Native ?? false,
    mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
    privateDnsHostnameTypeOnLaunch: names?.HostnameType ?? "ip-name",
  };
}

type Change = Omit<ModifySubnetAttributeCommandInput, "SubnetId">;

/** How each attribute is changed. EC2 takes one in a call. */
const modifications: Readonly<Record<string, (value: Value) => Change>> = {
  enableResourceNameDnsARecordOnLaunch: (value) => ({
    EnableResourceNameDnsARecordOnLaunch: { Value: value === true },
  }),
  mapPublicIpOnLaunch: (value) => ({ MapPublicIpOnLaunch: { Value: value === true } }),
  privateDnsHostnameTypeOnLaunch: (value) => ({
    PrivateDnsHostnameTypeOnLaunch: value === "resource-name" ? "resource-name" : "ip-name",
  }),
};

async function modify(id: string, state: Properties, inputs: Properties, aws: Aws): Promise<void> {
  for (const [key, change] of Object.entries(modifications)) {
    const value = inputs[key];
    if (value === undefined || equal(value, state[key])) continue;
    await says(`setting EC2 Subnet (${id}) ${key}`, () =>
      aws.ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, ...change(value) })),
    );
  }
}

function notTrue(value: Value, why: string): string | undefined {
  return value === true ? `true is not part of the sandbox's stand-in for the aws plugin: ${why}` : undefined;
}

function hostnameTypeProblem(value: Value): string | undefined {
  return value === "ip-name" || value === "resource-name"
    ? undefined
    : `${JSON.stringify(value)} has to be ip-name or resource-name`;
}
