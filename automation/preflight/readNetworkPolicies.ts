import type { IpBlockFacts, NetworkPolicyFacts } from "../../planning/preflight/networkFacts";
import type { ApiObject, Kubernetes } from "../kubernetes";

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** A NetworkPolicy as the API server writes it, as far as it is read here. */
interface ApiNetworkPolicy extends ApiObject {
  readonly spec?: {
    readonly ingress?: readonly { readonly from?: readonly Peer[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[] }[];
  };
}

/** The NetworkPolicies that go by addresses. Needs list on networkpolicies of networking.k8s.io. */
export async function readNetworkPolicies(kubernetes: Kubernetes): Promise<NetworkPolicyFacts[]> {
  const all = await kubernetes.list(
    "/apis/networking.k8s.io/v1/networkpolicies",
    ({ metadata, spec = {} }: ApiNetworkPolicy): NetworkPolicyFacts => ({
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      ipBlocks: [
        ...(spec.ingress ?? []).flatMap(({ from = [] }) => blocksOf("ingress", from)),
        ...(spec.egress ?? []).flatMap(({ to = [] }) => blocksOf("egress", to)),
      ],
    }),
  );
  return all.filter(({ ipBlocks }) => ipBlocks.length > 0);
}

function blocksOf(direction: IpBlockFacts["direction"], peers: readonly Peer[]): IpBlockFacts[] {
  return peers.flatMap(({ ipBlock }) =>
    ipBlock === undefined ? [] : [{ direction, cidr: ipBlock.cidr, except: ipBlock.except ?? [] }],
  );
}
