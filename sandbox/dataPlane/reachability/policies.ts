import type {
  KubernetesObject,
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from "@kubernetes/client-node";
import type { NetworkPolicyView, PolicyPeer, PolicyPort, PolicyRule } from "./network";

/** What is looked at of a NetworkPolicy; of its ports, those of TCP. */
export function networkPolicyView(object: KubernetesObject): NetworkPolicyView {
  const { metadata, spec } = object as V1NetworkPolicy;
  const types = spec?.policyTypes ?? ["Ingress", ...(spec?.egress === undefined ? [] : ["Egress"])];
  const ingress = (spec?.ingress ?? []).flatMap((rule) =>
    ruleOf((rule as IngressRuleOnTheWire).from, rule.ports),
  );
  const egress = (spec?.egress ?? []).flatMap(({ to, ports }) => ruleOf(to, ports));
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    podSelector: spec?.podSelector ?? {},
    ingress: types.includes("Ingress") ? ingress : undefined,
    egress: types.includes("Egress") ? egress : undefined,
  };
}

/** The client's types spell it `_from`. */
interface IngressRuleOnTheWire {
  readonly from?: readonly V1NetworkPolicyPeer[];
}

/** A namespace and its labels. */
export interface NamespaceView {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is looked at of a namespace. */
export function namespaceView(object: KubernetesObject): NamespaceView {
  const { metadata } = object as V1Namespace;
  return { name: metadata?.name ?? "", labels: metadata?.labels ?? {} };
}

/** No rule where it names ports and none of them is TCP's: without ports it would be about all of them. */
function ruleOf(
  peers: readonly V1NetworkPolicyPeer[] = [],
  ports: readonly V1NetworkPolicyPort[] = [],
): PolicyRule[] {
  const ofTcp = ports.filter(({ protocol = "TCP" }) => protocol === "TCP");
  if (ports.length > 0 && ofTcp.length === 0) return [];
  return [{ peers: peers.map(peerOf), ports: ofTcp.map(portOf) }];
}

function peerOf({ ipBlock, podSelector, namespaceSelector }: V1NetworkPolicyPeer): PolicyPeer {
  if (ipBlock !== undefined) return { ipBlock: { cidr: ipBlock.cidr, except: ipBlock.except ?? [] } };
  return { podSelector, namespaceSelector };
}

function portOf({ port, endPort }: V1NetworkPolicyPort): PolicyPort {
  return { port, endPort };
}
