import { podName } from "../rotation/observation";
import { podsTo } from "../rotation/podVerdict";
import { check } from "./check";

/** Pods that nobody would make again. */
export const barePods = check(
  {
    id: "BARE-POD",
    level: "warn",
    about: "every pod that moves has a controller that makes it again",
    looksAt: ["cluster"],
  },
  ({ cluster }) =>
    podsTo("refuse", cluster.pods).map((pod) => ({
      title: `${podName(pod)} is a pod without a controller: nobody would make it again`,
      evidence: [`It runs on ${pod.nodeName ?? "no node"}, which is not drained while it is there.`],
      wayOut: `Make it a Deployment or a Job, delete it, or rotate with --force, which deletes it.`,
    })),
);
