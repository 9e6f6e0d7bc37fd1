import type { ClusterWatch } from "../../../automation/rotation/clusterWatch";
import { ownerName } from "../../../automation/rotation/clusterWatch";
import { slimNode, type ApiNode } from "../../../automation/rotation/slim";
import type { ClusterPod, DisruptionBudget } from "../../../planning/rotation/observation";

/** A cluster that does not change, as a watch shows it. Whoever waits for a change waits in vain, and is told so. */
export function playedWatch({
  pods = [],
  budgets = [],
  nodes = [],
}: {
  readonly pods?: readonly ClusterPod[];
  readonly budgets?: readonly DisruptionBudget[];
  readonly nodes?: readonly object[];
}): ClusterWatch {
  const slim = nodes.map((node) => slimNode(node as ApiNode));
  return {
    nodes: () => slim,
    node: (name) => slim.find((node) => node.name === name),
    pods: () => [...pods],
    podsOn: (node) => pods.filter(({ nodeName }) => nodeName === node),
    podsOf: (owner) =>
      pods.filter(
        ({ namespace, controller }) =>
          controller !== undefined && ownerName({ namespace, ...controller }) === ownerName(owner),
      ),
    unschedulable: () => pods.filter(({ isUnschedulable }) => isUnschedulable),
    budgets: () => [...budgets],
    hearBudgets: () => undefined,
    touch: () => undefined,
    changes: () => ({ next: () => Promise.reject(new Error("it waits for a change")) }),
  };
}
