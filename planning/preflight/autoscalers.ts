import { check } from "./check";

/**
 * A Karpenter that reckons with every network interface: it puts more pods on a node than have addresses there, and they
 * stay in ContainerCreating. With prefixes there are addresses enough.
 *
 * https://karpenter.sh/docs/reference/settings/
 */
export const karpenterReservesEni = check(
  {
    id: "KARPENTER-ENIS",
    level: "stop",
    about: "Karpenter leaves the primary network interface out when it reckons pods per node",
    looksAt: ["autoscalers", "cni"],
  },
  ({ autoscalers: { karpenter }, cni }) => {
    if (karpenter === undefined || karpenter.reservedEnis > 0 || cni.prefixDelegation) return [];
    const { deployment, reckoningNodeClasses } = karpenter;
    if (reckoningNodeClasses.length === 0) return [];
    const [namespace = "", name = ""] = deployment.split("/");
    return [
      {
        title: `Karpenter (${deployment}) reckons with all network interfaces of a node: RESERVED_ENIS is 0`,
        evidence: [
          "Custom networking leaves the primary interface without addresses for pods; of more pods on a node the rest would stay in ContainerCreating.",
          `EC2NodeClasses without kubelet.maxPods: ${reckoningNodeClasses.join(", ")}.`,
        ],
        wayOut: `kubectl set env --namespace ${namespace} deployment/${name} RESERVED_ENIS=1; its nodes keep their number until they are replaced.`,
      },
    ];
  },
);

/** A cluster autoscaler: it ends workers that are empty, and grows the group that it likes. */
export const clusterAutoscaler = check(
  {
    id: "CLUSTER-AUTOSCALER",
    level: "warn",
    about: "no cluster autoscaler changes groups while they are replaced",
    looksAt: ["autoscalers"],
  },
  ({ autoscalers: { clusterAutoscalers } }) =>
    clusterAutoscalers.map(({ deployment, listsGroups }) => {
      const [namespace = "", name = ""] = deployment.split("/");
      return {
        title: `the cluster autoscaler (${deployment}) changes groups on its own`,
        evidence: [
          "It may end new workers while they are still empty, and grow an old group for a pod that waits.",
          ...(listsGroups ? ["Its groups are listed by --nodes: it would not know the new ones."] : []),
        ],
        wayOut: `Stop it for the rotation: kubectl scale --namespace ${namespace} deployment/${name} --replicas 0${listsGroups ? "; then list the new groups in --nodes" : ""}.`,
      };
    }),
);
