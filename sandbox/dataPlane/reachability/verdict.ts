import { isIn } from "./blocks";
import type { InterfaceView, NetworkView } from "./network";
import { refusalByAcls } from "./networkAcls";
import { refusalByPolicies } from "./networkPolicies";
import { refusalByRoutes } from "./routes";
import { refusalByGroups, type Peer } from "./securityGroups";

/** A TCP connection, to be opened from one address to a port of another. */
export interface Flow {
  readonly source: string;
  readonly target: string;
  readonly port: number;
}

/** Whether a connection comes about, and if not, what refuses it: with its id, as a person would look it up. */
export type Verdict = { readonly admitted: true } | { readonly admitted: false; readonly by: string };

/**
 * Follows a connection through everything that may refuse it: NetworkPolicies, source NAT by the node, security groups
 * of both ends, route tables there and back, network ACLs.
 *
 * NetworkPolicies see the addresses of the pods. Everything outside the node sees what source NAT leaves: for what is
 * outside the VPC's ranges the address, the ENI and the subnet of the node, unless AWS_VPC_K8S_CNI_EXTERNALSNAT is true
 * or the destination is in AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS. ACLs of subnets between the ends, such as a NAT
 * gateway's, are not looked at.
 *
 * Sources: VPC user guide ("Security group rules", "Network ACL rules", "Route priority"); EKS user guide ("Enable
 * outbound internet access for Pods"); aws/amazon-vpc-cni-k8s, pkg/networkutils/network.go.
 */
export function verdictOf(flow: Flow, network: NetworkView): Verdict {
  const by = refusal(flow, network);
  return by === undefined ? { admitted: true } : { admitted: false, by };
}

function refusal(flow: Flow, network: NetworkView): string | undefined {
  const { source, target, port } = flow;
  const from = network.interfaces.get(source);
  if (from === undefined) return `${source} is the address of no network interface`;
  const byPolicy = refusalByPolicies(flow, network);
  if (byPolicy !== undefined) return byPolicy;
  const to = network.interfaces.get(target);
  if (staysOnNode(from, to)) return undefined;

  const seen = afterSourceNat({ address: source, networkInterface: from }, target, network);
  const atTarget = { address: target, networkInterface: to };
  const fromSubnet = network.subnets.get(seen.networkInterface.subnetId);
  if (fromSubnet === undefined)
    return `${seen.address} is in ${seen.networkInterface.subnetId}, which is not there`;
  const toSubnet = network.subnets.get(to?.subnetId ?? "");
  return (
    refusalByGroups(seen.networkInterface, "egress", { peer: atTarget, port }, network) ??
    refusalByRoutes({ from: fromSubnet, source: seen, target }, network) ??
    (toSubnet && refusalByAcls({ from: fromSubnet, to: toSubnet, source: seen.address, target, port })) ??
    (to === undefined
      ? refusalByAbsence(target, network)
      : refusalByGroups(to, "ingress", { peer: seen, port }, network))
  );
}

/** Between pods of one node nothing leaves it, and security groups are about what does; but branch ENIs' traffic does. */
function staysOnNode(from: InterfaceView, to: InterfaceView | undefined): boolean {
  if (from.interfaceId === to?.interfaceId) return true;
  const isSameInstance = from.instanceId !== undefined && from.instanceId === to?.instanceId;
  return isSameInstance && !from.isBranch && !to.isBranch;
}

/** An address of a VPC that nobody has. */
function refusalByAbsence(target: string, { vpcs }: NetworkView): string | undefined {
  const isOurs = [...vpcs.values()].some(({ blocks }) => isIn(target, blocks));
  return isOurs ? `${target} is the address of no network interface` : undefined;
}

/** What the network outside of the node sees of a source. */
function afterSourceNat(
  source: Peer & { readonly networkInterface: InterfaceView },
  target: string,
  network: NetworkView,
): Peer & { readonly networkInterface: InterfaceView } {
  const { instanceId = "", subnetId } = source.networkInterface;
  const node = network.nodes.get(instanceId);
  const networkInterface = network.interfaces.get(node?.address ?? "");
  if (node === undefined || networkInterface === undefined) return source;
  const own = network.vpcs.get(network.subnets.get(subnetId)?.vpcId ?? "")?.blocks ?? [];
  if (node.externalSnat || isIn(target, own) || isIn(target, node.excludeSnatCidrs)) return source;
  return { address: node.address, networkInterface };
}
