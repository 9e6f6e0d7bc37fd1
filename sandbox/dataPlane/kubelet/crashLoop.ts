import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { backOffMs } from "./backOff";

/** The annotation of pods whose containers end that long after each start, such as `3s`. */
export const CRASH_AFTER = "sandbox/crash-after";

/** What a kubelet writes of a pod whose containers end, and when. */
export interface Turn {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** @param now an RFC 3339 time. */
  readonly status: (now: string) => unknown;
}

/**
 * What comes next of a pod whose containers end again and again: they run, they end, and they are started again, the first
 * time at once and then after the kubelet's back-off. With restartPolicy Never the pod has failed.
 *
 * Everything is in the pod's status: whoever starts anew goes on where another one stopped.
 *
 * @param pace what the kubelet's back-off is multiplied with; how long the program runs is its own affair.
 * @returns nothing while there is nothing to do for the kubelet, as before the pod's first start.
 */
export function nextTurn(pod: V1Pod, pace: number): Turn | undefined {
  const afterMs = secondsOf(pod.metadata?.annotations?.[CRASH_AFTER]) * 1000;
  const [first] = pod.status?.containerStatuses ?? [];
  if (pod.status?.phase !== "Running" || first === undefined) return undefined;
  const startedAt = first.state?.running?.startedAt;
  if (startedAt !== undefined) {
    const atMs = timeOf(startedAt) + afterMs;
    if (pod.spec?.restartPolicy === "Never") return { atMs, status: (now) => failed(pod, now) };
    // A kubelet puts no first restart off.
    if (first.restartCount === 0) return { atMs, status: (now) => started(pod, now, now) };
    return { atMs, status: (now) => backingOff(pod, now, backOffMs(first.restartCount) * pace) };
  }
  const finishedAt = first.lastState?.terminated?.finishedAt;
  if (first.state?.waiting?.reason !== "CrashLoopBackOff" || finishedAt === undefined) return undefined;
  const atMs = timeOf(finishedAt) + backOffMs(first.restartCount) * pace;
  return { atMs, status: (now) => started(pod, now) };
}

/** @param ended when the containers ended, where they did so just now. */
function started(pod: V1Pod, now: string, ended?: string): unknown {
  const { annotations = {} } = pod.metadata ?? {};
  const ready = ["sandbox/ready-after", "sandbox/needs"].every((one) => annotations[one] === undefined);
  return {
    conditions: conditions(ready, now),
    containerStatuses: pod.status?.containerStatuses?.map((one) => ({
      ...basics(one),
      ready,
      started: true,
      restartCount: one.restartCount + 1,
      state: { running: { startedAt: now }, waiting: null, terminated: null },
      ...(ended === undefined ? {} : { lastState: { terminated: terminated(one, ended) } }),
    })),
  };
}

function backingOff(pod: V1Pod, now: string, waitMs: number): unknown {
  const { name = "", namespace = "", uid = "" } = pod.metadata ?? {};
  return {
    conditions: conditions(false, now),
    containerStatuses: pod.status?.containerStatuses?.map((one) => ({
      ...basics(one),
      ready: false,
      started: false,
      restartCount: one.restartCount,
      state: {
        running: null,
        terminated: null,
        waiting: {
          reason: "CrashLoopBackOff",
          message:
            `back-off ${Math.round(waitMs / 1000)}s restarting failed container=${one.name} ` +
            `pod=${name}_${namespace}(${uid})`,
        },
      },
      lastState: { terminated: terminated(one, now) },
    })),
  };
}

function failed(pod: V1Pod, now: string): unknown {
  return {
    phase: "Failed",
    conditions: conditions(false, now, "PodFailed"),
    containerStatuses: pod.status?.containerStatuses?.map((one) => ({
      ...basics(one),
      ready: false,
      started: false,
      restartCount: one.restartCount,
      state: { running: null, waiting: null, terminated: terminated(one, now) },
    })),
  };
}

function basics({ name, image, imageID }: V1ContainerStatus) {
  return { name, image, imageID };
}

function terminated({ state }: V1ContainerStatus, finishedAt: string) {
  return { exitCode: 1, reason: "Error", startedAt: state?.running?.startedAt ?? finishedAt, finishedAt };
}

function conditions(ready: boolean, now: string, reason = "ContainersNotReady") {
  return ["Ready", "ContainersReady"].map((type) => ({
    type,
    status: ready ? "True" : "False",
    lastTransitionTime: now,
    reason: ready ? null : reason,
  }));
}

/** Such as `3s`, the only unit that the sandbox's annotations have. */
function secondsOf(duration = "0s"): number {
  return Number(/^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] ?? 0);
}

/** The client's types have times as dates; over the wire they are strings. */
function timeOf(time: Date | string): number {
  return new Date(time).getTime();
}
