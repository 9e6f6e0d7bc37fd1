import { connectKubernetes } from "../kubernetes";
import { askForPause } from "./lease";
import type { ObserverOutside } from "./outside";
import { readRecord } from "./record";

/** What came of asking a rotation to pause. */
export type PauseResult =
  /** It knows, and ends when the nodes that are on their way have ended. */
  | {
      readonly outcome: "asked";
      readonly holder: string;
      /** Whether it takes pods back to the subnets of nodes, as a rollback does. */
      readonly isWayBack: boolean;
    }
  /** No process rotates the cluster. */
  | { readonly outcome: "notRunning"; readonly unfinished: UnfinishedRun | undefined };

/** A run that was paused, stopped by Ctrl-C or killed, and that nobody goes on with at the moment. */
export interface UnfinishedRun {
  readonly runId: string;
  /** Whether it takes pods back to the subnets of nodes. */
  readonly isWayBack: boolean;
}

/**
 * Asks the process that rotates a cluster, on whichever computer, to begin no further node: it ends when those on their
 * way have ended, and leaves a state that the next rotation goes on from. Answers when that process knows, within
 * seconds.
 *
 * Needs get and patch on leases of kube-system, and get on ConfigMaps there.
 *
 * @throws KubernetesError; UnreadableRecordError; the signal's reason.
 */
export async function pauseRotation(
  outside: Pick<ObserverOutside, "kubeConfig" | "clock" | "signal">,
): Promise<PauseResult> {
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const holder = await askForPause(kubernetes, outside);
  const { runId, isWayBack = false, isFinished = true } = (await readRecord(kubernetes)) ?? {};
  const unfinished = isFinished || runId === undefined ? undefined : { runId, isWayBack };
  if (holder === undefined) return { outcome: "notRunning", unfinished };
  return { outcome: "asked", holder, isWayBack: unfinished?.isWayBack ?? false };
}
