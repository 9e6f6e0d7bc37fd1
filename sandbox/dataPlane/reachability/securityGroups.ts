import { isIn } from "./blocks";
import type { GroupRuleView, InterfaceView, NetworkView, SecurityGroupView } from "./network";

/** One end of a connection, as the other end's security groups see it. */
export interface Peer {
  readonly address: string;
  /** Nothing for what is no ENI of this AWS. */
  readonly networkInterface: InterfaceView | undefined;
}

/**
 * Whether the security groups of an ENI admit TCP between it and a peer. They are stateful: what may come may answer.
 *
 * @param direction of the ENI's rules: `ingress` at the target's end, `egress` at the source's.
 * @returns nothing when they do, else who refuses.
 */
export function refusalByGroups(
  networkInterface: InterfaceView,
  direction: "ingress" | "egress",
  { peer, port }: { readonly peer: Peer; readonly port: number },
  network: NetworkView,
): string | undefined {
  const groups = networkInterface.securityGroups.flatMap((id) => network.securityGroups.get(id) ?? []);
  const atPort = groups.flatMap((group) =>
    group[direction].filter(({ ports: [first, last] }) => first <= port && port <= last),
  );
  if (atPort.some((rule) => admits(rule, peer, network))) return undefined;
  const whose = networkInterface.securityGroups.map((id) => describedGroup(id, network)).join(", ");
  const preposition = direction === "ingress" ? "from" : "to";
  const admitted = atPort.map((rule) => described(rule, network)).join(", ") || "nothing";
  return (
    `security group ${whose} of ${networkInterface.interfaceId}: its ${direction} admits tcp/${port} ${preposition} ` +
    `${admitted}, and not ${preposition} ${describedPeer(peer, network)}`
  );
}

function admits(rule: GroupRuleView, { address, networkInterface }: Peer, network: NetworkView): boolean {
  const listed = rule.prefixLists.flatMap((id) => network.prefixLists.get(id) ?? []);
  return (
    isIn(address, [...rule.cidrs, ...listed]) ||
    rule.groups.some((id) => networkInterface?.securityGroups.includes(id) === true)
  );
}

function described({ cidrs, groups, prefixLists }: GroupRuleView, network: NetworkView): string {
  return [...cidrs, ...groups.map((id) => describedGroup(id, network)), ...prefixLists].join(", ");
}

function describedPeer({ address, networkInterface }: Peer, network: NetworkView): string {
  if (networkInterface === undefined) return address;
  const { interfaceId, securityGroups } = networkInterface;
  return `${address} of ${interfaceId} with ${securityGroups.map((id) => describedGroup(id, network)).join(", ")}`;
}

function describedGroup(id: string, { securityGroups }: NetworkView): string {
  const group = securityGroups.get(id);
  return group === undefined ? id : named(group);
}

function named({ groupId, name }: SecurityGroupView): string {
  return `${groupId} (${name})`;
}
