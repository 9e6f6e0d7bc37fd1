import { counted, grouped, listed } from "../../planning/amounts";
import { groupedReasons } from "../../planning/rotation/blockedReasons";
import { unreadyInWords } from "../../planning/rotation/unreadyPods";
import type { RotationEvent } from "./events";

/** An event as one line for people; none for what only a picture shows, or a result tells better. */
export function describeRotationEvent(event: RotationEvent): string | undefined {
  switch (event.type) {
    case "leaseAwaited":
      return `${event.holder} holds the lease; looking whether it is alive`;
    case "planned": {
      const { plan } = event;
      const are = plan.old.length === 1 ? "is" : "are";
      return `${grouped(plan.old.length)} of ${counted(plan.nodes, "node")} ${are} old, ${counted(plan.batches.length, "batch", "batches")}`;
    }
    case "started":
      return startedLine(event);
    case "processesSuspended":
      return `${event.processes.join(", ")} of ${event.autoScalingGroup} suspended`;
    case "processesResumed":
      return `${event.processes.join(", ")} of ${event.autoScalingGroup} resumed`;
    case "minSizeLowered":
      return `${event.nodeGroupName}: minimum size ${event.from} -> 0`;
    case "minSizeRestored":
      return `${event.nodeGroupName}: minimum size 0 -> ${event.to}`;
    case "warmTargetsLowered":
      return `aws-node keeps fewer warm addresses: ${inEnv(event.env)}`;
    case "warmTargetsRestored":
      return `aws-node keeps warm addresses as before: ${inEnv(event.env)}`;
    case "surging":
      return `${event.nodeGroupName}: ${event.from} -> ${counted(event.to, "worker")}`;
    case "workerReady":
      return `${event.node} is Ready in ${event.nodeGroupName}`;
    case "outOfCapacity":
      return `${event.nodeGroupName} gets no workers: ${event.because}`;
    case "workerChecked":
      return `${event.node} checked: it is new, and a pod on it got ${event.canaryAddress}`;
    case "oldTainted":
      return `the scheduler prefers other nodes to the ${counted(event.nodes, "old one")}`;
    case "progress": {
      const done = event.zones.reduce((total, zone) => total + zone.done, 0);
      const of = event.zones.reduce((total, zone) => total + zone.of, 0);
      const pods = event.podsInside + event.podsOutside;
      return `${grouped(done)} of ${counted(of, "node")} gone, ${grouped(event.podsInside)} of ${counted(pods, "pod")} in the pod subnets`;
    }
    case "batchStarted":
      return `batch ${event.batch}: ${counted(event.nodes.length, "node")}, ${counted(event.pods, "pod")} to move`;
    case "cordoned":
      return `${event.node} cordoned`;
    case "evicted":
      return `${event.node}: ${event.pod} evicted`;
    case "restarted":
      return `${event.node}: Deployment ${event.deployment} restarted, the new pod first`;
    case "evictionRefused":
      return `${event.node}: ${event.pod} waits: ${event.because}`;
    case "draining":
      return `${event.node}: ${drainInWords(event, ", ", Date.parse(event.at))}`;
    case "drained":
      return `${event.node} drained`;
    case "settled":
      return `${event.node}: its pods are ready elsewhere`;
    case "leavesWaiting":
      return `${event.node}: ${counted(event.pods.length, "pod")} of it ${event.pods.length === 1 ? "waits" : "wait"} for its replacement`;
    case "deregistering":
      return `${event.node} waits for its load balancers: ${event.because.join("; ")}`;
    case "terminating":
      return `${event.node}: ${event.instanceId} terminated`;
    case "departing":
      return `${event.node} is on its way out: ${event.because}`;
    case "gone":
      return `${event.node} is gone`;
    case "eniRemoved":
      return `${event.eniId}, which ${event.node} left behind, removed`;
    case "groupDeleted":
      return `${event.nodeGroupName} was empty, and is deleted`;
    case "blocked":
      return `${event.node} is BLOCKED and stays: ${groupedReasons(event.because).join("; ")}`;
    case "healthGateClosed":
      return `the health gate is closed, no further node is begun: ${event.because.join("; ")}`;
    case "healthGateOpened":
      return "the health gate is open again";
    case "pausing": {
      const ends = event.nodes.length === 0 ? "" : `; ${listed(event.nodes)} first`;
      return `pausing, because ${event.because}${ends}`;
    }
    case "undone":
      return `undone: ${event.what}`;
    case "undoFailed":
      return `NOT undone: ${event.what}: ${event.because}`;
    case "note":
      return event.note;
    case "finished":
      return undefined;
  }
}

function startedLine({
  runId,
  isResumed,
  rotatedEarlier = 0,
}: Extract<RotationEvent, { type: "started" }>): string {
  if (!isResumed) return `run ${runId} begins`;
  return `run ${runId} goes on${rotatedEarlier === 0 ? "" : `; ${counted(rotatedEarlier, "node")} replaced before`}`;
}

/** Of the pods that a node waits for, more than this many are only counted. */
const NAMED_PODS = 1;

/**
 * How far a node is, and what it waits for, behind a separator.
 *
 * @param nowMs when it is said, in milliseconds since 1970.
 */
export function drainInWords(
  { left, of, waiting }: Pick<Extract<RotationEvent, { type: "draining" }>, "left" | "of" | "waiting">,
  separator: string,
  nowMs: number,
): string {
  const gone = of === 0 ? "no pods to move" : `${left} of ${counted(of, "pod")} gone`;
  if (waiting.length === 0) return gone;
  const named = waiting.map(
    ({ pod, because, unready = [] }) => `${pod} (${because}${unreadyInWords(unready, nowMs)})`,
  );
  return `${gone}${separator}waiting: ${listed(named, NAMED_PODS)}`;
}

function inEnv(env: Readonly<Record<string, string | null>>): string {
  return Object.entries(env)
    .map(([name, value]) => (value === null ? `${name} not set` : `${name}=${value}`))
    .join(", ");
}
