import type { V1Pod } from "@kubernetes/client-node";

/** Whether a pod is Ready, with all its containers. */
export function readsAsReady({ status }: V1Pod): boolean {
  return (
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true &&
    status.containerStatuses?.every(({ ready }) => ready) === true
  );
}

/**
 * What a kubelet writes of a pod after its readiness probe.
 *
 * @param failure what the probe said; nothing when it succeeded.
 * @param now an RFC 3339 time.
 */
export function readinessStatus(pod: V1Pod, failure: string | undefined, now: string): unknown {
  const isReady = failure === undefined;
  const containers: readonly object[] = pod.status?.containerStatuses ?? [];
  const names = (pod.status?.containerStatuses ?? []).map(({ name }) => name).join(" ");
  return {
    conditions: ["Ready", "ContainersReady"].map((type) => ({
      type,
      status: isReady ? "True" : "False",
      lastTransitionTime: now,
      reason: isReady ? null : "ContainersNotReady",
      message: isReady ? null : `containers with unready status: [${names}]`,
    })),
    // A list that is written as a whole.
    containerStatuses: containers.map((one) => ({ ...one, ready: isReady })),
  };
}

/** The Event of a readiness probe that failed. */
export function unhealthyEvent(pod: V1Pod, failure: string, now: string): unknown {
  const { name = "", namespace = "", uid = "", resourceVersion } = pod.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid, resourceVersion },
    type: "Warning",
    reason: "Unhealthy",
    message: `Readiness probe failed: ${failure}`,
    source: { component: "kubelet", host: pod.spec?.nodeName },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
