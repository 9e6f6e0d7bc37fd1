import { describeTraffic, includes, isCovered } from "./traffic";
import { overlaps } from "../cidrBlock";
import { check, type Found } from "./check";
import type { InterfaceFacts, SecurityGroupFacts, SecurityGroupRuleFacts } from "./networkFacts";
import type { PodAttachment } from "./picture";

/**
 * Security groups that let today's pods in and would not let tomorrow's: the commonest outage of this migration, because
 * inside a VPC nothing translates a pod's address, and its interface may have other groups.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export const securityGroupsAdmit = check(
  {
    id: "SG-INGRESS",
    level: "stop",
    about: "security groups admit tomorrow's pods where they admit today's",
    looksAt: ["attachment", "interfaces", "securityGroups"],
  },
  ({ attachment, interfaces, securityGroups }) =>
    leftBehind("ingress", attachment, interfaces, securityGroups).map(({ rule, group, behind }) => ({
      title: `security group ${group.groupId} (${group.name}) admits ${describeTraffic(rule.traffic)} from ${otherSide(rule)}, not from tomorrow's pods`,
      evidence: evidence(rule, behind),
      wayOut: `Add a rule to ${group.groupId} that admits ${describeTraffic(rule.traffic)} from ${tomorrow(rule, attachment)} before the first node is replaced.`,
    })),
);

/** The same for what may be sent to pods: a load balancer whose targets are pod addresses, a monitoring host. */
export const securityGroupsReach = check(
  {
    id: "SG-EGRESS",
    level: "stop",
    about: "security groups may send to tomorrow's pods where they may to today's",
    looksAt: ["attachment", "interfaces", "securityGroups"],
  },
  ({ attachment, interfaces, securityGroups }) =>
    leftBehind("egress", attachment, interfaces, securityGroups).map(({ rule, group, behind }) => ({
      title: `security group ${group.groupId} (${group.name}) may send ${describeTraffic(rule.traffic)} to ${otherSide(rule)}, not to tomorrow's pods`,
      evidence: evidence(rule, behind),
      wayOut: `Add a rule to ${group.groupId} that lets it send ${describeTraffic(rule.traffic)} to ${tomorrow(rule, attachment)} before the first node is replaced.`,
    })),
);

interface RuleLeftBehind {
  readonly rule: SecurityGroupRuleFacts;
  readonly group: SecurityGroupFacts;
  /** The interfaces for which no other rule makes up for it. */
  readonly behind: readonly InterfaceFacts[];
}

/** An interface's groups add up: a rule counts only where none of the interface's other rules does the same for tomorrow. */
function leftBehind(
  direction: SecurityGroupRuleFacts["direction"],
  attachment: PodAttachment,
  interfaces: readonly InterfaceFacts[],
  securityGroups: readonly SecurityGroupFacts[],
): RuleLeftBehind[] {
  const groups = new Map(securityGroups.map((group) => [group.groupId, group]));
  const found = new Map<string, RuleLeftBehind & { behind: InterfaceFacts[] }>();
  for (const [groupIds, alike] of byGroups(interfaces)) {
    const rules = groupIds
      .flatMap((id) => groups.get(id) ?? [])
      .flatMap((group) => group.rules.map((rule) => ({ group, rule })))
      .filter(({ rule }) => rule.direction === direction);
    const all = rules.map(({ rule }) => rule);
    for (const { group, rule } of rules) {
      if (!namesToday(rule, attachment) || isMadeUpFor(rule, all, attachment)) continue;
      const known = found.get(rule.ruleId) ?? { rule, group, behind: [] };
      known.behind.push(...alike);
      found.set(rule.ruleId, known);
    }
  }
  return [...found.values()];
}

function byGroups(interfaces: readonly InterfaceFacts[]): [readonly string[], InterfaceFacts[]][] {
  const alike = new Map<string, [readonly string[], InterfaceFacts[]]>();
  for (const one of interfaces) {
    const ids = [...one.securityGroupIds].sort();
    const known = alike.get(ids.join());
    if (known === undefined) alike.set(ids.join(), [ids, [one]]);
    else known[1].push(one);
  }
  return [...alike.values()];
}

function namesToday(rule: SecurityGroupRuleFacts, { from, groupsToday }: PodAttachment): boolean {
  if (rule.groupId !== undefined) return groupsToday.includes(rule.groupId);
  return rule.blocks.some((block) => from.some((today) => overlaps(block, today)));
}

function isMadeUpFor(
  { traffic }: SecurityGroupRuleFacts,
  rules: readonly SecurityGroupRuleFacts[],
  { to, groupsTomorrow }: PodAttachment,
): boolean {
  const enough = rules.filter((other) => includes(other.traffic, traffic));
  if (enough.some(({ groupId }) => groupId !== undefined && groupsTomorrow.includes(groupId))) return true;
  const blocks = enough.flatMap((other) => other.blocks);
  return to.every((block) => isCovered(block, blocks));
}

function otherSide({ groupId, prefixListId, blocks }: SecurityGroupRuleFacts): string {
  if (groupId !== undefined) return `security group ${groupId}`;
  const cidrs = blocks.map(({ cidr }) => cidr).join(", ");
  return prefixListId === undefined ? cidrs : `prefix list ${prefixListId} (${cidrs})`;
}

/** What a rule for tomorrow names: the blocks where the old rule names blocks, else the pods' own groups. */
function tomorrow({ groupId }: SecurityGroupRuleFacts, { ranges, groupsTomorrow }: PodAttachment): string {
  if (groupId !== undefined && groupsTomorrow.length > 0)
    return `security group ${groupsTomorrow.join(" or ")}`;
  return ranges.map(({ cidr }) => cidr).join(" and ");
}

const SHOWN = 5;

function evidence({ ruleId }: SecurityGroupRuleFacts, behind: readonly InterfaceFacts[]): Found["evidence"] {
  const more = behind.length - SHOWN;
  return [
    `Rule ${ruleId}; no other group of these interfaces admits it.`,
    ...behind.slice(0, SHOWN).map(({ eniId, of }) => `${eniId}: ${of}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}
