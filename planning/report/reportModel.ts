import { grouped } from "../amounts";
import { isNotSeen, type Finding, type NotSeen } from "../preflight/finding";
import { addressBands, type AddressBand } from "./addressBands";
import { bandsTable } from "./bandsTable";
import { changes, type Change } from "./changes";
import type { ReportFacts } from "./facts";
import { laneGroups, type Lane, type LaneGroup } from "./lanes";
import { lanesTable } from "./lanesTable";
import { maxPodsByType, maxPodsTable, type TypeMaxPods } from "./maxPodsByType";
import { outcomeOf, type Outcome, type RotationFigures } from "./outcome";
import { podSeries, podsTable, type PodSeries } from "./podSeries";
import { momentText, percent, spanText } from "./spans";
import type { ReportTable } from "./table";
import type { Timeline } from "./timeline";
import { verificationTable } from "./verificationTable";
import { visibleFacts } from "./visibleFacts";
import { workedSeconds, workingTime, type WorkingTime } from "./workingTime";

/** A figure below the sentence. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  /** What it is of, or how it came; empty where nothing is to be said. */
  readonly note: string;
}

/** A rotation, drawn. */
export interface RotationPicture {
  readonly startedAtMs: number;
  readonly isWayBack: boolean;
  readonly time: WorkingTime;
  readonly groups: readonly LaneGroup[];
  readonly blocked: readonly Lane[];
  /** Nodes that there was no room to remember. */
  readonly leftOut: number;
  readonly table: ReportTable;
}

/** All that a report shows, in the order in which it does; plain values, without any markup. */
export interface ReportModel extends Outcome {
  readonly environment: string;
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** ISO 8601. */
  readonly readAt: string;
  readonly figures: readonly Figure[];
  readonly space: {
    readonly bands: readonly AddressBand[];
    /** When the first rotation began; none where there was none. */
    readonly before: string | undefined;
    readonly table: ReportTable;
  };
  /** None where there was none, or its history was not seen. */
  readonly rotation: RotationPicture | undefined;
  readonly isHistorySeen: boolean;
  /** None where no rotation counted them. */
  readonly pods: (PodSeries & { readonly table: ReportTable }) | undefined;
  readonly maxPods: { readonly types: readonly TypeMaxPods[]; readonly table: ReportTable };
  /** None where the environment was never brought up, or its cluster was not seen. */
  readonly verification: ReportTable | undefined;
  readonly findings: {
    readonly open: readonly Finding[];
    readonly accepted: readonly Finding[];
    /** How many checks found nothing. */
    readonly passed: number;
    readonly notRun: readonly string[];
  };
  readonly changes: readonly Change[];
  /** Parts that could not be looked at, and why. */
  readonly notSeen: readonly string[];
}

/** Makes of facts what a report shows. The same facts give the same report. */
export function reportModel(given: ReportFacts): ReportModel {
  const facts = visibleFacts(given);
  const timeline = seenOr(facts.timeline);
  const isHeld = !isNotSeen(facts.status) && facts.status.lastRun?.isRunning === true;
  const time = timeline && workingTime(timeline, isHeld ? nowSecond(facts, timeline) : undefined);
  const rotation = timeline && time && rotationPicture(timeline, time);
  const figures = rotation && rotationFigures(rotation);
  const bands = addressBands({
    blocks: facts.blocks,
    podCidrs: facts.podCidrs,
    podSubnetIds: facts.made?.podSubnets.map(({ subnetId }) => subnetId) ?? [],
    before: timeline?.before?.subnets,
    after: facts.subnets,
  });
  const series = timeline && time && podSeries(timeline, time);
  const types = maxPodsByType(timeline?.before?.types, seenOr(facts.types));
  const verified = seenOr(facts.verification);
  const { environment, clusterName, region, vpcId, readAtMs, preflight } = facts;
  return {
    ...outcomeOf(facts, figures),
    ...{ environment, clusterName, region, vpcId },
    readAt: new Date(readAtMs).toISOString(),
    figures: figuresOf(facts, figures),
    space: {
      bands,
      before: timeline?.before && momentText(timeline.startedAtMs),
      table: bandsTable(bands),
    },
    rotation,
    isHistorySeen: !isNotSeen(facts.timeline),
    pods: series && { ...series, table: podsTable(series) },
    maxPods: { types, table: maxPodsTable(types) },
    verification: verified && verificationTable(verified),
    findings: isNotSeen(preflight)
      ? { open: [], accepted: [], passed: 0, notRun: [] }
      : {
          open: preflight.findings,
          accepted: preflight.accepted,
          passed: preflight.passed.length,
          notRun: preflight.notRun.map(({ id, why }) => `${id}: ${why}`),
        },
    changes: changes(facts),
    notSeen: notSeenOf(facts),
  };
}

function seenOr<T extends object>(part: T | NotSeen | undefined): T | undefined {
  return isNotSeen(part) ? undefined : part;
}

function nowSecond({ readAtMs }: ReportFacts, { startedAtMs }: Timeline): number {
  return Math.max(0, Math.round((readAtMs - startedAtMs) / 1000));
}

function rotationPicture(timeline: Timeline, time: WorkingTime): RotationPicture {
  const { startedAtMs, isWayBack, leftOut } = timeline;
  const groups = laneGroups(timeline, time);
  const blocked = groups.flatMap(({ old }) => old.filter(({ outcome }) => outcome === "blocked"));
  return { startedAtMs, isWayBack, time, groups, blocked, leftOut, table: lanesTable(groups) };
}

function rotationFigures({ groups, blocked, time }: RotationPicture): RotationFigures {
  const old = groups.flatMap((group) => group.old);
  const first = time.spans[0]?.from ?? 0;
  return {
    old: old.length,
    replaced: old.filter(({ outcome }) => outcome === "replaced").length,
    blocked: blocked.length,
    workedSeconds: workedSeconds(time, first, time.spans.at(-1)?.to ?? 0),
  };
}

function figuresOf({ status }: ReportFacts, rotation: RotationFigures | undefined): Figure[] {
  const seen = isNotSeen(status) ? undefined : status;
  return [
    ...(seen === undefined
      ? []
      : [
          {
            label: "pods in the new range",
            value: `${percent(seen.pods.inside, seen.pods.of)} %`,
            note: `${grouped(seen.pods.inside)} of ${grouped(seen.pods.of)}`,
          },
          {
            label: "old nodes left",
            value: grouped(seen.nodes.old),
            note: `of ${grouped(seen.nodes.of)} nodes`,
          },
          {
            label: "addresses free for pods",
            value: grouped(seen.freeAddresses),
            note: "in the pod subnets",
          },
        ]),
    ...(rotation === undefined
      ? []
      : [
          {
            label: "time worked",
            value: spanText(rotation.workedSeconds),
            note: `${grouped(rotation.replaced)} of ${grouped(rotation.old)} nodes replaced`,
          },
        ]),
  ];
}

function notSeenOf(facts: ReportFacts): string[] {
  const { status, verification, preflight, settings, types, timeline } = facts;
  const parts = [status, verification, preflight, settings, types, timeline];
  return [...new Set(parts.flatMap((part) => (isNotSeen(part) ? [part.notSeen] : [])))];
}
