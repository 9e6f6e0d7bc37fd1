import { isNotSeen } from "../../planning/preflight/finding";
import {
  clusterSeen,
  folded,
  goesOn,
  newTimeline,
  processBegan,
  processEnded,
  typesOf,
  type Timeline,
  type TimelineEvent,
} from "../../planning/report/timeline";
import { timelineRecord, timelineSchema } from "../../planning/report/timelineRecord";
import { isStatus, type Kubernetes } from "../kubernetes";
import { seen } from "../preflight/seen";
import { CONFIG_MAPS, readRecordAt, recordConfigMap, type RecordConfigMap } from "../recordConfigMap";
import type { ClusterWatch } from "./clusterWatch";
import type { RotationHappening } from "./events";
import type { ActingTools } from "./outside";
import type { NodeWithoutEnis } from "./slim";
import { describeSubnetRooms } from "./subnetRooms";
import type { UnderLease } from "./underLease";

/** The ConfigMap in kube-system that has the history. */
export const HISTORY = "eks-pod-network-history";

/** It is written no more often than this, and at the end. */
const WRITTEN_EVERY_MS = 30_000;

/**
 * Reads what happened in the last migration; none where there was none, or nobody kept it.
 *
 * @throws UnreadableRecordError, KubernetesError
 */
export async function readHistory(kubernetes: Pick<Kubernetes, "get">): Promise<Timeline | undefined> {
  return readRecordAt(kubernetes, HISTORY, timelineSchema);
}

/** What a rotation is worked on with, and hence what its history is kept with. */
type Held = UnderLease & { readonly watch: Pick<ClusterWatch, "nodes"> };

/** Of which rotation. */
export interface HistoryOf {
  readonly vpcId: string;
  /** Whether pods go back to the subnets of nodes. */
  readonly isWayBack: boolean;
}

/**
 * Does what a rotation does, and keeps what happens in the ConfigMap kube-system/eks-pod-network-history, for
 * `podnet report`: so that several processes of one migration are one history. It is kept from the moment on in which the
 * rotation begins to change something; one that finds nothing left to do says so in the history that was not at its end.
 *
 * Whatever goes wrong with it is told as a note, once, and the rotation goes on.
 *
 * Needs ec2:DescribeSubnets; in Kubernetes get, create and patch on configmaps of kube-system.
 *
 * @throws what the act throws.
 */
export async function keepingHistory<H extends Held, R extends { readonly outcome: string }>(
  held: H,
  of: HistoryOf,
  act: (held: H) => Promise<R>,
): Promise<R> {
  const history = historian(held, of);
  const telling = (tools: ActingTools): ActingTools => ({
    ...tools,
    emit: (event) => {
      tools.emit(event);
      history.hear(event);
    },
  });
  let end = "cut off";
  try {
    const result = await act({ ...held, tools: telling(held.tools), tidy: telling(held.tidy) });
    end = result.outcome;
    return result;
  } finally {
    await history.end(end);
  }
}

interface Historian {
  readonly hear: (event: RotationHappening) => void;
  /** Writes it a last time. Never throws. */
  readonly end: (how: string) => Promise<void>;
}

function historian({ tools, tidy, watch }: Held, { vpcId, isWayBack }: HistoryOf): Historian {
  const { clock, emit, lease } = tools;
  const calledAtMs = clock.now();
  const old = new Set<string>();
  let timeline: Timeline | undefined;
  let beginning: Promise<void> | undefined;
  /** What happened since it was last taken in, which is done for many at once. */
  let heard: { readonly event: TimelineEvent; readonly atMs: number }[] = [];
  let writing: Promise<void> | undefined;
  let writtenAtMs = -Infinity;
  let hasFailed = false;
  /** Not where the earlier one can't be read, which nothing is written over then. */
  let isKept = true;

  const failed = (error: unknown) => {
    // Whoever has the lease by now keeps the history.
    if (hasFailed || lease.lost.aborted) return;
    hasFailed = true;
    const why = error instanceof Error ? error.message : String(error);
    emit({
      type: "note",
      note: `The history of this run is not kept whole, podnet report shows less: ${why}`,
    });
  };
  const secondOf = (one: Timeline, atMs: number) => Math.max(0, Math.round((atMs - one.startedAtMs) / 1000));
  const workers = () => watch.nodes().filter(({ owner }) => owner.kind !== "fargate");

  const begin = async (runId: string, isResumed: boolean, atMs: number): Promise<void> => {
    const first = workers();
    const earlier = await readHistory(tidy.kubernetes);
    const before = goesOn(earlier, isWayBack, isResumed) ? earlier : undefined;
    const base = before ?? { ...newTimeline(atMs, isWayBack), ...(await figuresBefore(first, atMs)) };
    const second = secondOf(base, atMs);
    timeline = clusterSeen(processBegan(base, runId, second), first, old, second);
  };
  /** A process that was cut off behind the last old node could not say any more that all was done. */
  const beginToEnd = async (): Promise<void> => {
    const earlier = await readHistory(tidy.kubernetes);
    if (!goesOn(earlier, isWayBack, false)) return;
    const second = secondOf(earlier, calledAtMs);
    const { runId = "" } = earlier.processes.at(-1) ?? {};
    timeline = clusterSeen(processBegan(earlier, runId, second), workers(), old, second);
  };
  const figuresBefore = async (nodes: readonly NodeWithoutEnis[], atMs: number) => {
    const found = await seen("subnets", () =>
      describeSubnetRooms(tidy, { Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
    );
    const types = typesOf(nodes.filter(({ name }) => old.has(name)));
    return {
      startedAtMs: atMs,
      before: { subnets: isNotSeen(found) ? [] : found.filter(({ cidrBlock }) => cidrBlock !== ""), types },
    };
  };
  const takeIn = (): Timeline | undefined => {
    const base = timeline;
    if (base === undefined) return undefined;
    const moments = heard.map(({ event, atMs }) => ({ event, at: secondOf(base, atMs) }));
    heard = [];
    timeline = folded(base, moments);
    return timeline;
  };
  const lookAtWorkers = () => {
    const before = takeIn();
    if (before !== undefined)
      timeline = clusterSeen(before, workers(), undefined, secondOf(before, clock.now()));
  };
  const write = async (): Promise<void> => {
    const whole = takeIn();
    if (whole === undefined) return;
    const object = { ...recordConfigMap(HISTORY, {}), data: { record: timelineRecord(whole) } };
    await lease.assertHeld();
    await put(tidy.kubernetes, object);
  };
  const writeSoon = () => {
    if (writing !== undefined || clock.now() - writtenAtMs < WRITTEN_EVERY_MS) return;
    writtenAtMs = clock.now();
    writing = (beginning ?? Promise.resolve())
      .then(write)
      .catch(failed)
      .finally(() => (writing = undefined));
  };

  return {
    hear: (event) => {
      try {
        if (event.type === "planned") for (const { node } of event.plan.old) old.add(node);
        if (event.type === "started") {
          beginning = begin(event.runId, event.isResumed, clock.now()).catch((error: unknown) => {
            isKept = false;
            failed(error);
          });
        }
        if (beginning === undefined || !isKept) return;
        if (isOfTimeline(event)) heard.push({ event, atMs: clock.now() });
        // A worker that is gone again before the next progress was there all the same.
        if (event.type === "progress" || event.type === "workerReady") lookAtWorkers();
        writeSoon();
      } catch (error) {
        failed(error);
      }
    },
    end: async (how) => {
      if (how === "done") beginning ??= beginToEnd().catch(failed);
      await beginning;
      await writing;
      const last = takeIn();
      if (last === undefined || lease.lost.aborted) return;
      timeline = processEnded(last, how, secondOf(last, clock.now()));
      await write().catch(failed);
    },
  };
}

/** Names every kind of event that a timeline takes, as the compiler sees to. */
const OF_TIMELINE: Readonly<Record<TimelineEvent["type"], true>> = {
  cordoned: true,
  drained: true,
  terminating: true,
  gone: true,
  evicted: true,
  evictionRefused: true,
  draining: true,
  deregistering: true,
  departing: true,
  blocked: true,
  progress: true,
};

function isOfTimeline(
  event: RotationHappening,
): event is Extract<RotationHappening, { readonly type: TimelineEvent["type"] }> {
  return event.type in OF_TIMELINE;
}

async function put(kubernetes: Kubernetes, object: RecordConfigMap): Promise<void> {
  await kubernetes.patch(`${CONFIG_MAPS}/${HISTORY}`, { data: object.data }).catch(async (error: unknown) => {
    if (!isStatus(error, 404)) throw error;
    await kubernetes.create(CONFIG_MAPS, object);
  });
}
