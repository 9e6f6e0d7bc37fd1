import {
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
  type NetworkAcl,
  type NetworkAclEntry,
  type NetworkInterface,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { readCidr, type CidrBlock } from "../../planning/cidrBlock";
import type {
  InterfaceFacts,
  NetworkAclEntryFacts,
  NetworkAclFacts,
  SecurityGroupFacts,
  SecurityGroupRuleFacts,
} from "../../planning/preflight/networkFacts";
import { isNotSeen } from "../../planning/preflight/finding";
import type { Traffic } from "../../planning/preflight/traffic";
import type { VpcOutside } from "./vpcOutside";
import { readPrefixLists, type PrefixLists } from "./prefixLists";
import { seen } from "./seen";

const PAGE = 1000;
/** EC2 takes at most this many values in one filter. */
const VALUES_PER_FILTER = 200;

const inVpc = (vpcId: string) => ({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] });

/**
 * All network interfaces of a VPC. Needs ec2:DescribeNetworkInterfaces; ec2:DescribeVpcEndpoints tells, where it is
 * allowed, the services that interface endpoints are for.
 */
export async function readInterfaces(outside: VpcOutside, vpcId: string): Promise<InterfaceFacts[]> {
  const { ec2, signal } = outside;
  const found: NetworkInterface[] = [];
  const pages = paginateDescribeNetworkInterfaces({ client: ec2, pageSize: PAGE }, inVpc(vpcId), {
    abortSignal: signal,
  });
  for await (const { NetworkInterfaces = [] } of pages) found.push(...NetworkInterfaces);
  const endpoints = await readEndpoints(outside, vpcId);
  return found.map((eni) => interfaceFacts(eni, endpoints));
}

/** What the interface endpoints of a VPC are for, by the ids of their interfaces. */
async function readEndpoints(
  { ec2, signal }: VpcOutside,
  vpcId: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const read = async () => {
    const pages = paginateDescribeVpcEndpoints({ client: ec2 }, inVpc(vpcId), { abortSignal: signal });
    for await (const { VpcEndpoints = [] } of pages) {
      for (const { VpcEndpointId = "", ServiceName = "", NetworkInterfaceIds = [] } of VpcEndpoints) {
        for (const eniId of NetworkInterfaceIds)
          found.set(eniId, `interface endpoint ${VpcEndpointId} of ${ServiceName}`);
      }
    }
    return found;
  };
  // Their interfaces' descriptions have the ids at least.
  const names = await seen("the endpoints of the VPC", read);
  return isNotSeen(names) ? new Map() : names;
}

function interfaceFacts(eni: NetworkInterface, endpoints: ReadonlyMap<string, string>): InterfaceFacts {
  const instanceId = eni.Attachment?.InstanceId;
  const name = (eni.TagSet ?? []).find(({ Key }) => Key === "Name")?.Value;
  const described = [name, eni.Description].filter((text) => text !== undefined && text !== "").join(", ");
  const eniId = eni.NetworkInterfaceId ?? "";
  return {
    eniId,
    of:
      endpoints.get(eniId) ??
      instanceId ??
      (described === "" ? (eni.InterfaceType ?? "interface") : described),
    subnetId: eni.SubnetId ?? "",
    securityGroupIds: (eni.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    addresses: (eni.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
  };
}

/**
 * All security groups of a VPC with their IPv4 rules, prefix lists resolved.
 *
 * Needs ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules; ec2:DescribeManagedPrefixLists and
 * ec2:GetManagedPrefixListEntries where a rule names a prefix list.
 */
export async function readSecurityGroups(outside: VpcOutside, vpcId: string): Promise<SecurityGroupFacts[]> {
  const { ec2, signal } = outside;
  const groups = new Map<string, { groupId: string; name: string; rules: SecurityGroupRuleFacts[] }>();
  const pages = paginateDescribeSecurityGroups({ client: ec2, pageSize: PAGE }, inVpc(vpcId), {
    abortSignal: signal,
  });
  for await (const { SecurityGroups = [] } of pages) {
    for (const { GroupId = "", GroupName = "" } of SecurityGroups) {
      groups.set(GroupId, { groupId: GroupId, name: GroupName, rules: [] });
    }
  }
  const rules = await readRules(outside, [...groups.keys()]);
  const lists = await readPrefixLists(
    outside,
    new Set(rules.flatMap(({ PrefixListId }) => PrefixListId ?? [])),
  );
  for (const rule of rules) {
    // Of IPv6: pods of an IPv4 cluster have no such address.
    if (rule.CidrIpv6 !== undefined) continue;
    groups.get(rule.GroupId ?? "")?.rules.push(ruleFacts(rule, lists));
  }
  return [...groups.values()];
}

async function readRules(
  { ec2, signal }: VpcOutside,
  groupIds: readonly string[],
): Promise<SecurityGroupRule[]> {
  const found: SecurityGroupRule[] = [];
  for (let start = 0; start < groupIds.length; start += VALUES_PER_FILTER) {
    const Values = groupIds.slice(start, start + VALUES_PER_FILTER);
    const pages = paginateDescribeSecurityGroupRules(
      { client: ec2, pageSize: PAGE },
      { Filters: [{ Name: "group-id", Values }] },
      { abortSignal: signal },
    );
    for await (const { SecurityGroupRules = [] } of pages) found.push(...SecurityGroupRules);
  }
  return found;
}

function ruleFacts(rule: SecurityGroupRule, lists: PrefixLists): SecurityGroupRuleFacts {
  const { PrefixListId, ReferencedGroupInfo } = rule;
  const groupId = ReferencedGroupInfo?.GroupId;
  return {
    ruleId: rule.SecurityGroupRuleId ?? "",
    direction: rule.IsEgress === true ? "egress" : "ingress",
    traffic: trafficOf(rule.IpProtocol, rule.FromPort, rule.ToPort),
    blocks: PrefixListId === undefined ? blocksOf(rule.CidrIpv4) : (lists.get(PrefixListId) ?? []),
    ...(PrefixListId !== undefined && { prefixListId: PrefixListId }),
    ...(groupId !== undefined && { groupId }),
  };
}

/** All network ACLs of a VPC with their IPv4 entries. Needs ec2:DescribeNetworkAcls. */
export async function readNetworkAcls(
  { ec2, signal }: VpcOutside,
  vpcId: string,
): Promise<NetworkAclFacts[]> {
  const found: NetworkAclFacts[] = [];
  const pages = paginateDescribeNetworkAcls({ client: ec2, pageSize: PAGE }, inVpc(vpcId), {
    abortSignal: signal,
  });
  for await (const { NetworkAcls = [] } of pages) found.push(...NetworkAcls.map(aclFacts));
  return found;
}

function aclFacts({
  NetworkAclId = "",
  IsDefault = false,
  Associations = [],
  Entries = [],
}: NetworkAcl): NetworkAclFacts {
  return {
    networkAclId: NetworkAclId,
    isDefault: IsDefault,
    subnetIds: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
    entries: Entries.flatMap(entryFacts),
  };
}

function entryFacts(entry: NetworkAclEntry): NetworkAclEntryFacts[] {
  return blocksOf(entry.CidrBlock).map((block) => ({
    number: entry.RuleNumber ?? 0,
    direction: entry.Egress === true ? "egress" : "ingress",
    allows: entry.RuleAction === "allow",
    traffic: trafficOf(entry.Protocol, entry.PortRange?.From, entry.PortRange?.To),
    block,
  }));
}

/** By their numbers, as network ACLs name them. */
const PROTOCOLS: Readonly<Record<string, string>> = { "-1": "all", "1": "icmp", "6": "tcp", "17": "udp" };
const LAST_PORT = 65535;

/** Ports count for TCP and UDP; of ICMP a type stands in their place, and -1 for all of them. */
function trafficOf(protocol = "-1", from = 0, to = LAST_PORT): Traffic {
  const name = PROTOCOLS[protocol] ?? protocol;
  const hasPorts = name === "tcp" || name === "udp";
  return hasPorts && from >= 0 ? { protocol: name, from, to } : { protocol: name, from: 0, to: LAST_PORT };
}

function blocksOf(cidr: string | undefined): CidrBlock[] {
  const reading = readCidr(cidr ?? "");
  return reading.kind === "block" ? [reading.block] : [];
}
