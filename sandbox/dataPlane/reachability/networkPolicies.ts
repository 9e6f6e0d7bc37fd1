import { selects } from "../../labelSelector";
import { isIn } from "./blocks";
import type {
  NetworkPolicyView,
  NetworkView,
  PodNetworkView,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from "./network";

/**
 * Whether NetworkPolicies admit TCP from one address to another at a port, as the node agent of the VPC CNI enforces
 * them: at the ends which are pods on a node where it does. An address block means pods as well as anything else.
 *
 * @returns nothing when they do, else who refuses.
 */
export function refusalByPolicies(
  flow: { readonly source: string; readonly target: string; readonly port: number },
  network: NetworkView,
): string | undefined {
  return (
    refusalAt("egress", flow.source, flow.target, flow, network) ??
    refusalAt("ingress", flow.target, flow.source, flow, network)
  );
}

function refusalAt(
  direction: "ingress" | "egress",
  address: string,
  peer: string,
  flow: { readonly target: string; readonly port: number },
  network: NetworkView,
): string | undefined {
  const pod = network.pods.get(address);
  if (pod === undefined || !enforcesAt(address, network)) return undefined;
  // A node always reaches its own pods, or no kubelet could probe them.
  if (direction === "ingress" && nodeOf(address, network)?.address === peer) return undefined;
  const isolating = network.networkPolicies.filter(
    (policy) =>
      policy.namespace === pod.namespace &&
      policy[direction] !== undefined &&
      selects(policy.podSelector, pod.labels),
  );
  const target = network.pods.get(flow.target);
  const isAdmitted = isolating.some((policy) =>
    (policy[direction] ?? []).some((rule) =>
      admits(rule, { policy, peer, target, port: flow.port }, network),
    ),
  );
  if (isolating.length === 0 || isAdmitted) return undefined;
  const names = isolating.map(({ namespace, name }) => `${namespace}/${name}`).join(", ");
  const [of, preposition] = [`${pod.namespace}/${pod.name}`, direction === "ingress" ? "from" : "to"];
  return `NetworkPolicy ${names}: its ${direction} for pod ${of} does not admit tcp/${flow.port} ${preposition} ${describedPeer(peer, network)}`;
}

interface Asked {
  readonly policy: NetworkPolicyView;
  readonly peer: string;
  /** The pod whose port it is, where it is one. */
  readonly target: PodNetworkView | undefined;
  readonly port: number;
}

function admits({ peers, ports }: PolicyRule, asked: Asked, network: NetworkView): boolean {
  return (
    (peers.length === 0 || peers.some((peer) => isPeer(peer, asked, network))) &&
    (ports.length === 0 || ports.some((port) => isPort(port, asked)))
  );
}

function isPeer(peer: PolicyPeer, { policy, peer: address }: Asked, network: NetworkView): boolean {
  if ("ipBlock" in peer) return isIn(address, [peer.ipBlock.cidr]) && !isIn(address, peer.ipBlock.except);
  const pod = network.pods.get(address);
  if (pod === undefined) return false;
  const { podSelector = {}, namespaceSelector } = peer;
  const isNamespace =
    namespaceSelector === undefined
      ? pod.namespace === policy.namespace
      : selects(namespaceSelector, network.namespaces.get(pod.namespace) ?? {});
  return isNamespace && selects(podSelector, pod.labels);
}

function isPort({ port, endPort }: PolicyPort, asked: Asked): boolean {
  if (port === undefined) return true;
  if (typeof port === "string") return asked.target?.namedPorts[port] === asked.port;
  return port <= asked.port && asked.port <= (endPort ?? port);
}

function enforcesAt(address: string, network: NetworkView): boolean {
  return nodeOf(address, network)?.enforcesNetworkPolicies === true;
}

function nodeOf(address: string, { interfaces, nodes }: NetworkView) {
  return nodes.get(interfaces.get(address)?.instanceId ?? "");
}

function describedPeer(address: string, { pods }: NetworkView): string {
  const pod = pods.get(address);
  return pod === undefined ? address : `${address} (pod ${pod.namespace}/${pod.name})`;
}
