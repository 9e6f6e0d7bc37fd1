import type { V1Container, V1ContainerStatus, V1Pod, V1PodStatus } from "@kubernetes/client-node";

/** The environment of the container in which ipamd runs; variables taken from elsewhere are not in it. */
export function awsNodeEnv(pod: V1Pod): Record<string, string> {
  return Object.fromEntries(
    (awsNodeContainer(pod)?.env ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** The image of that container, whose tag is the CNI's release. */
export function awsNodeImage(pod: V1Pod): string {
  return awsNodeContainer(pod)?.image ?? "";
}

function awsNodeContainer(pod: V1Pod): V1Container | undefined {
  return pod.spec?.containers.find(({ name }) => name === "aws-node");
}

export function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

/** How far the container aws-node is. */
export type AwsNodeState =
  | { readonly kind: "ready" }
  /** It ended again, with this error, for the nth time. */
  | { readonly kind: "crashed"; readonly restarts: number; readonly error: string };

/**
 * The status of a pod of aws-node, whose readiness is ipamd's.
 *
 * @param now an RFC 3339 time.
 */
export function awsNodeStatus(pod: V1Pod, hostIp: string, state: AwsNodeState, now: string): V1PodStatus {
  const isReady = state.kind === "ready";
  const condition = (type: string, status: boolean) => ({
    type,
    status: status ? "True" : "False",
    lastTransitionTime: now,
    ...(status ? { reason: null } : { reason: "ContainersNotReady" }),
  });
  const containers = pod.spec?.containers ?? [];
  const status = {
    phase: "Running",
    startTime: pod.status?.startTime ?? now,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: hostIp,
    podIPs: [{ ip: hostIp }],
    conditions: [
      condition("PodReadyToStartContainers", true),
      condition("Initialized", true),
      condition("ContainersReady", isReady),
      condition("Ready", isReady),
    ],
    containerStatuses: containers.map(({ name, image }) =>
      name === "aws-node" && state.kind === "crashed"
        ? crashed(name, image ?? "", state, now)
        : running(name, image ?? "", now),
    ),
    initContainerStatuses: (pod.spec?.initContainers ?? []).map(({ name, image }) => ({
      name,
      image: image ?? "",
      imageID: "",
      ready: true,
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now } },
    })),
  };
  // Times are strings on the wire; the client's types have them as dates.
  return status as unknown as V1PodStatus;
}

function running(name: string, image: string, now: string): unknown {
  return {
    name,
    image,
    imageID: "",
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now }, waiting: null },
  };
}

function crashed(
  name: string,
  image: string,
  { restarts, error }: { restarts: number; error: string },
  now: string,
): unknown {
  return {
    name,
    image,
    imageID: "",
    ready: false,
    started: false,
    restartCount: restarts,
    state: {
      running: null,
      waiting: {
        reason: "CrashLoopBackOff",
        message: `back-off restarting failed container ${name}: ${error}`,
      },
    },
    lastState: {
      terminated: { exitCode: 1, reason: "Error", message: error, startedAt: now, finishedAt: now },
    },
  } satisfies Record<string, unknown> & Partial<Record<keyof V1ContainerStatus, unknown>>;
}
