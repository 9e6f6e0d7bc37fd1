import { podName } from "../rotation/observation";
import { check } from "./check";
import { counted, listed } from "../amounts";
import { movingPods } from "./movingPods";

/** Finalizers that Kubernetes itself sets on pods and takes away. */
const OF_KUBERNETES: ReadonlySet<string> = new Set(["batch.kubernetes.io/job-tracking"]);

/** Pods that stay as objects until somebody takes a finalizer away: a drain waits for that. */
export const podsWithFinalizers = check(
  {
    id: "POD-FINALIZER",
    level: "warn",
    about: "pods go when they have ended, without waiting for a finalizer",
    looksAt: ["cluster", "podDemands"],
  },
  ({ cluster, podDemands }) => {
    const finalizersOf = new Map(podDemands.map((demands) => [podName(demands), demands.finalizers]));
    const byFinalizer = new Map<string, string[]>();
    for (const pod of movingPods(cluster.pods)) {
      const name = podName(pod);
      for (const finalizer of finalizersOf.get(name) ?? []) {
        if (!OF_KUBERNETES.has(finalizer))
          byFinalizer.set(finalizer, [...(byFinalizer.get(finalizer) ?? []), name]);
      }
    }
    return [...byFinalizer].map(([finalizer, pods]) => ({
      title: `${counted(pods.length, "pod")} ${pods.length === 1 ? "has" : "have"} the finalizer ${finalizer}`,
      evidence: [
        listed(pods),
        "An evicted pod stays until its controller takes it away; where that is gone, for ever.",
      ],
      wayOut: `See that what takes ${finalizer} away is running; else take it out of the pods' template before, or from the pod that hangs (kubectl patch pod --type merge --patch '{"metadata":{"finalizers":null}}').`,
    }));
  },
);
