import { isIn } from "./blocks";
import type { AclRuleView, PortRange, SubnetView } from "./network";

/** Where answers go: the ports that clients of all kinds connect from (VPC user guide, "Ephemeral ports"). */
const EPHEMERAL_PORTS: PortRange = [1024, 65535];

/** A connection between two subnets. */
export interface Crossing {
  readonly from: SubnetView;
  readonly to: SubnetView;
  readonly source: string;
  readonly target: string;
  readonly port: number;
}

/**
 * Whether network ACLs let a connection cross from one subnet to another. They are stateless, so the answers have to
 * be let through as well, and they don't look at what stays in its subnet.
 *
 * @returns nothing when they do, else who refuses.
 */
export function refusalByAcls({ from, to, source, target, port }: Crossing): string | undefined {
  if (from.subnetId === to.subnetId) return undefined;
  const asked: PortRange = [port, port];
  return (
    refusal(from, "egress", target, asked) ??
    refusal(to, "ingress", source, asked) ??
    refusal(to, "egress", source, EPHEMERAL_PORTS) ??
    refusal(from, "ingress", target, EPHEMERAL_PORTS)
  );
}

function refusal(
  { subnetId, acl }: SubnetView,
  direction: "ingress" | "egress",
  peer: string,
  ports: PortRange,
): string | undefined {
  const by = refusingRule(acl[direction], peer, ports);
  if (by === undefined) return undefined;
  const preposition = direction === "ingress" ? "from" : "to";
  const range = [...new Set(ports)].join("-");
  return `network ACL ${acl.aclId} of ${subnetId}: ${direction} rule ${by} refuses tcp/${range} ${preposition} ${peer}`;
}

/**
 * Each port is decided by the first rule, by number, that is about it and about the address.
 *
 * @returns the number of the rule that refuses one of the ports, `*` for the one at the end; nothing when all are allowed.
 */
function refusingRule(rules: readonly AclRuleView[], peer: string, ports: PortRange): string | undefined {
  let undecided: readonly PortRange[] = [ports];
  for (const { number, cidr, ports: ruled, allows } of rules) {
    if (!isIn(peer, [cidr]) || !undecided.some((range) => overlaps(range, ruled))) continue;
    if (!allows) return String(number);
    undecided = undecided.flatMap((range) => without(range, ruled));
    if (undecided.length === 0) return undefined;
  }
  return "*";
}

function overlaps([first, last]: PortRange, [from, to]: PortRange): boolean {
  return first <= to && from <= last;
}

function without([first, last]: PortRange, [from, to]: PortRange): PortRange[] {
  const rest: PortRange[] = [
    [first, Math.min(last, from - 1)],
    [Math.max(first, to + 1), last],
  ];
  return rest.filter(([low, high]) => low <= high);
}
