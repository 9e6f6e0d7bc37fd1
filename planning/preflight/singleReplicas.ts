import { podName, type ClusterPod } from "../rotation/observation";
import { check } from "./check";
import { movingPods } from "./movingPods";

/** Controllers whose one pod is their whole service: it is away while it moves. */
export const singleReplicas = check(
  {
    id: "SINGLE-REPLICA",
    level: "warn",
    about: "workloads have a second pod while one moves",
    looksAt: ["cluster"],
  },
  ({ cluster }) =>
    [...byController(movingPods(cluster.pods)).values()].flatMap((pods) => {
      const [only] = pods;
      if (pods.length !== 1 || only?.controller === undefined || only.endsByItself) return [];
      const { kind } = only.controller;
      return [
        {
          title: `${podName(only)} is the only pod of its ${kind}: it is away while it moves`,
          evidence: [`${kind} ${only.namespace}/${only.controller.name}, on ${only.nodeName ?? "no node"}`],
          wayOut:
            kind === "ReplicaSet"
              ? `Scale its Deployment to 2 for the rotation, or give podnet rotate --restart-single-replicas: unless its strategy, its maxUnavailable or a volume is in the way, it is restarted then, and the new pod is Ready before the old one goes.`
              : `Scale it to 2 for the rotation if it can be, or choose a time at which it may be away.`,
        },
      ];
    }),
);

function byController(pods: readonly ClusterPod[]): ReadonlyMap<string, readonly ClusterPod[]> {
  const found = new Map<string, ClusterPod[]>();
  for (const pod of pods) {
    if (pod.controller === undefined) continue;
    const others = found.get(pod.controller.uid);
    if (others === undefined) found.set(pod.controller.uid, [pod]);
    else others.push(pod);
  }
  return found;
}
