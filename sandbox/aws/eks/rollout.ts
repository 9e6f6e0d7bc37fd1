import type { V1DaemonSet } from "@kubernetes/client-node";
import type { EksOutside } from "./eksOutside";
import type { EksIssue } from "./update";

/** Follows a rollout until every aws-node pod is of the new kind and ready. @returns the issue when it stands still. */
export async function followRollout(outside: EksOutside): Promise<EksIssue | undefined> {
  const { access, clock, pace, signal } = outside;
  let seen = "";
  let since = clock.now();
  for (;;) {
    const daemonSet = await access.awsNode();
    if (daemonSet !== undefined && isRolledOut(daemonSet)) return undefined;
    const progress = JSON.stringify(daemonSet?.status ?? {});
    if (progress !== seen) since = clock.now();
    seen = progress;
    if (clock.now() - since > pace.rolloutStallMs) {
      return {
        code: "InsufficientNumberOfReplicas",
        message: "The add-on is unhealthy because it doesn't have the desired number of replicas.",
        resourceIds: ["aws-node"],
      };
    }
    await clock.sleep(pace.pollMs, signal);
  }
}

function isRolledOut({ metadata, status }: V1DaemonSet): boolean {
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false;
  const wanted = status.desiredNumberScheduled;
  return (status.updatedNumberScheduled ?? 0) >= wanted && (status.numberAvailable ?? 0) >= wanted;
}
