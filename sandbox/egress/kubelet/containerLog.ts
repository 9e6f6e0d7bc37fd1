import type { V1Container, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { isRunning } from "../podPorts";

/** What is told of a container, or why nothing can be. */
export type ContainerLog = { readonly lines: readonly LogLine[] } | { readonly refused: string };

/** A line of a log. */
export interface LogLine {
  /** RFC 3339. */
  readonly time: string;
  readonly text: string;
}

/**
 * The log of a container in which nothing runs: what it is and what it plays.
 *
 * @param awsNodeLines the end of what aws-node of the pod's node has logged, each line with its time before it.
 */
export function containerLog(
  pod: V1Pod,
  containerName: string,
  awsNodeLines: readonly string[],
): ContainerLog {
  const { name = "", namespace = "", labels = {} } = pod.metadata ?? {};
  const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
    (one) => one.name === containerName,
  );
  if (container === undefined) {
    return { refused: `container ${containerName} is not valid for pod ${name}` };
  }
  const status = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ].find((one) => one.name === containerName);
  const startedAt = startOf(status);
  if (startedAt === undefined) {
    const reason = status?.state?.waiting?.reason ?? "ContainerCreating";
    return { refused: `container "${containerName}" in pod "${name}" is waiting to start: ${reason}` };
  }
  const isAwsNode =
    namespace === "kube-system" && labels["k8s-app"] === "aws-node" && containerName === "aws-node";
  const lines = whatItIs(pod, container, status).map((text) => ({ time: startedAt, text }));
  return { lines: [...lines, ...(isAwsNode ? awsNodeLines.map(timed) : [])] };
}

/** When it started last; also of one that has ended. */
function startOf(status: V1ContainerStatus | undefined): string | undefined {
  const { state, lastState } = status ?? {};
  const at = state?.running?.startedAt ?? state?.terminated?.startedAt ?? lastState?.terminated?.startedAt;
  // A string on the wire; the client's types have it as a date.
  return at === undefined ? undefined : String(at);
}

function whatItIs(
  { metadata, spec, status }: V1Pod,
  container: V1Container,
  containerStatus: V1ContainerStatus | undefined,
): string[] {
  const ports = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const played = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith("sandbox/"));
  const isOver = containerStatus !== undefined && !isRunning(containerStatus);
  const ended = isOver ? containerStatus.lastState?.terminated : undefined;
  return [
    `This is a sandbox: no program runs in the container ${container.name} (${container.image ?? ""}).`,
    `It is shown on the node ${spec?.nodeName ?? ""} with the address ${status?.podIP ?? ""}.`,
    ...(ports.length === 0 ? [] : [`HTTP is answered in its place on ${ports.join(", ")}.`]),
    ...played.map(([key, value]) => `${key}: ${value}`),
    ...(ended?.message === undefined ? [] : [ended.message]),
  ];
}

function timed(line: string): LogLine {
  const space = line.indexOf(" ");
  return { time: line.slice(0, space), text: line.slice(space + 1) };
}

/**
 * Lines as a kubelet writes them.
 *
 * @param options of the kubelet's path `/containerLogs`.
 */
export function writeLog(lines: readonly LogLine[], options: URLSearchParams): string {
  const tail = options.get("tailLines");
  const wanted = tail === null ? lines : lines.slice(Math.max(lines.length - Number(tail), 0));
  const isTimed = options.get("timestamps") === "true";
  return wanted.map(({ time, text }) => `${isTimed ? `${time} ` : ""}${text}\n`).join("");
}
