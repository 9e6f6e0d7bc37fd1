import {
  paginateDescribeManagedPrefixLists,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  type EC2Client,
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
import type { Traffic } from "../../planning/preflight/traffic";

/** What is read with. */
export interface VpcOutside {
  readonly ec2: EC2Client;
  readonly signal: AbortSignal;
}

const PAGE = 1000;
/** EC2 takes at most this many values in one filter. */
const VALUES_PER_FILTER = 200;

const inVpc = (vpcId: string) => ({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] });

/** All network interfaces of a VPC. Needs ec2:DescribeNetworkInterfaces. */
export async function readInterfaces({ ec2, signal }: VpcOutside, vpcId: string): Promise<InterfaceFacts[]> {
  const found: InterfaceFacts[] = [];
  const pages = paginateDescribeNetworkInterfaces({ client: ec2, pageSize: PAGE }, inVpc(vpcId), {
    abortSignal: signal,
  });
  for await (const { NetworkInterfaces = [] } of pages) found.push(...NetworkInterfaces.map(interfaceFacts));
  return found;
}

function interfaceFacts(eni: NetworkInterface): InterfaceFacts {
  const instanceId = eni.Attachment?.InstanceId;
  const description = eni.Description ?? "";
  return {
    eniId: eni.NetworkInterfaceId ?? "",
    of: instanceId ?? (description === "" ? (eni.InterfaceType ?? "interface") : description),
    subnetId: eni.SubnetId ?? "",
    securityGroupIds: (eni.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
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

type PrefixLists = ReadonlyMap<string, readonly CidrBlock[]>;

async function readPrefixLists({ ec2, signal }: VpcOutside, ids: ReadonlySet<string>): Promise<PrefixLists> {
  const lists = new Map<string, CidrBlock[]>();
  if (ids.size === 0) return lists;
  const pages = paginateDescribeManagedPrefixLists(
    { client: ec2 },
    { PrefixListIds: [...ids] },
    { abortSignal: signal },
  );
  for await (const { PrefixLists: found = [] } of pages) {
    for (const { PrefixListId = "", AddressFamily } of found) {
      if (AddressFamily !== "IPv6") lists.set(PrefixListId, await readEntries({ ec2, signal }, PrefixListId));
    }
  }
  return lists;
}

async function readEntries({ ec2, signal }: VpcOutside, PrefixListId: string): Promise<CidrBlock[]> {
  const found: CidrBlock[] = [];
  const pages = paginateGetManagedPrefixListEntries(
    { client: ec2 },
    { PrefixListId },
    { abortSignal: signal },
  );
  for await (const { Entries = [] } of pages) found.push(...Entries.flatMap(({ Cidr }) => blocksOf(Cidr)));
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

function aclFacts({ NetworkAclId = "", Associations = [], Entries = [] }: NetworkAcl): NetworkAclFacts {
  return {
    networkAclId: NetworkAclId,
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
