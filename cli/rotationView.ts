import type { RotationEvent } from "../automation/rotation/events";
import { drainInWords } from "../automation/rotation/describeEvent";
import { counted, grouped } from "../planning/amounts";
import { roughly } from "../planning/preview/figures";
import { secondsLeft } from "../planning/rotation/timeLeft";
import { sum } from "../planning/sequence";
import { TEXT_COLUMNS } from "./wrapped";

/** How a rotation stands, as it is told while it runs. */
export interface RotationView {
  /** Takes each event as it comes. */
  readonly read: (event: RotationEvent) => void;
  /** Lines of now, for a terminal of so many columns, where they are drawn over. */
  readonly lines: (columns?: number) => string[];
  /** How far it is, in a line; none before that is known. */
  readonly figures: () => string | undefined;
  /** The same as the lines for a pipeline, where they stay: what holds it up, how far it is, and what is under way. */
  readonly summary: () => string[];
}

const BAR_WIDTH = 18;
/** What progress draws before each line. */
const MARGIN = 2;

const CTRL_C = "Ctrl-C stops after the running evictions and leaves a state that the next run continues.";

/** What is known of a rotation by now. */
interface Standing {
  started?: Extract<RotationEvent, { type: "started" }>;
  plannedSeconds?: number;
  startedAtMs?: number;
  /** When the first node was taken out of service. */
  drainingAtMs?: number;
  nowMs: number;
  progress?: Extract<RotationEvent, { type: "progress" }>;
  refusedEvictions: number;
  blocked: number;
  /** Workers that are joining, or why they don't, by their group. */
  readonly surging: Map<string, { readonly added: number; ready: number; readonly because?: string }>;
  /** What each node under way is at; while its pods go, with what they wait for, and how long that has been so. */
  readonly draining: Map<string, string | Extract<RotationEvent, { type: "draining" }>>;
  /** Why no further node is begun. */
  held?: string | undefined;
}

/** Makes a view: bars per zone, pods by range, and what each node under way waits for. */
export function rotationView(): RotationView {
  const standing: Standing = {
    nowMs: 0,
    refusedEvictions: 0,
    blocked: 0,
    surging: new Map(),
    draining: new Map(),
  };
  return {
    read: (event) => {
      standing.nowMs = Date.parse(event.at);
      readRun(standing, event);
      readWorkers(standing, event);
      readNodes(standing, event);
    },
    lines: (columns = TEXT_COLUMNS) => [
      ...headLine(standing),
      ...barLines(standing, columns - MARGIN),
      ...underWay(standing),
      ...held(standing),
      ...(standing.started === undefined ? [] : [CTRL_C]),
    ],
    figures: () => figuresLine(standing),
    summary: () => {
      const figures = figuresLine(standing);
      return [...held(standing), ...(figures === undefined ? [] : [figures]), ...underWay(standing)];
    },
  };
}

function readRun(standing: Standing, event: RotationEvent): void {
  switch (event.type) {
    case "planned":
      standing.plannedSeconds = event.plan.seconds;
      break;
    case "started":
      standing.started = event;
      standing.startedAtMs = standing.nowMs;
      break;
    case "progress":
      standing.progress = event;
      break;
    case "evictionRefused":
      standing.refusedEvictions += 1;
      break;
    case "healthGateClosed":
      standing.held = `closed    the health gate: ${event.because.join("; ")}`;
      break;
    case "healthGateOpened":
      standing.held = undefined;
      break;
    case "pausing":
      standing.held = `pausing   ${event.because}`;
      break;
    default:
  }
}

function readWorkers({ surging }: Standing, event: RotationEvent): void {
  switch (event.type) {
    case "surging":
      surging.set(event.nodeGroupName, { added: event.to - event.from, ready: 0 });
      break;
    case "outOfCapacity":
      surging.set(event.nodeGroupName, { added: 0, ready: 0, because: "EC2 has no instances" });
      break;
    case "workerReady": {
      const group = surging.get(event.nodeGroupName);
      if (group === undefined) break;
      group.ready += 1;
      if (group.ready >= group.added) surging.delete(event.nodeGroupName);
      break;
    }
    default:
  }
}

function readNodes(standing: Standing, event: RotationEvent): void {
  const { draining } = standing;
  switch (event.type) {
    case "cordoned":
      standing.drainingAtMs ??= standing.nowMs;
      draining.set(event.node, "cordoned");
      break;
    case "draining":
      draining.set(event.node, event);
      break;
    case "drained":
      draining.set(event.node, "drained; its pods become ready elsewhere");
      break;
    case "deregistering":
      draining.set(event.node, event.because.join("; "));
      break;
    case "terminating":
      draining.set(event.node, `terminating ${event.instanceId}`);
      break;
    case "departing":
      draining.set(event.node, event.because);
      break;
    case "gone":
      draining.delete(event.node);
      break;
    case "blocked":
      standing.blocked += 1;
      draining.delete(event.node);
      break;
    default:
  }
}

/** Which run it is, and how long it takes still. */
function headLine(standing: Standing): string[] {
  const { started } = standing;
  if (started === undefined) return [];
  const { runId, rotatedEarlier = 0 } = started;
  const before =
    rotatedEarlier === 0 ? [] : [`${counted(rotatedEarlier, "node")} replaced before this process`];
  return [[`run ${runId}`, ...before, ...timeLeft(standing)].join("   ")];
}

function timeLeft(standing: Standing): string[] {
  const { plannedSeconds, startedAtMs, drainingAtMs, nowMs, progress, blocked, draining } = standing;
  if (plannedSeconds === undefined || startedAtMs === undefined || progress === undefined) return [];
  const { done, of } = nodesOf(progress);
  const seconds = secondsLeft({
    done,
    underWay: draining.size,
    left: Math.max(0, of - done - blocked),
    plannedSeconds,
    elapsedSeconds: (nowMs - startedAtMs) / 1_000,
    drainingSeconds: (nowMs - (drainingAtMs ?? startedAtMs)) / 1_000,
  });
  return seconds === undefined ? [] : [`about ${roughly(seconds)} left`];
}

function nodesOf({ zones }: Extract<RotationEvent, { type: "progress" }>): { done: number; of: number } {
  return { done: sum(zones, ({ done }) => done), of: sum(zones, ({ of }) => of) };
}

/** A bar for each zone, with the figures beside them; below them where they have no room. */
function barLines({ progress, refusedEvictions }: Standing, columns: number): string[] {
  if (progress === undefined) return [];
  const { podsInside, podsOutside } = progress;
  const figures = [
    `pods in the pod subnets  ${grouped(podsInside)} / ${grouped(podsInside + podsOutside)}`,
    `pods outside             ${grouped(podsOutside)}`,
    `refused evictions        ${grouped(refusedEvictions)}`,
  ];
  const zones = progress.zones.map(
    ({ availabilityZone, done, of }) => `${availabilityZone}  ${bar(done, of)}  ${done}/${of} nodes`,
  );
  const width = widest(zones);
  if (width + 4 + widest(figures) > columns) return [...zones, ...figures];
  return Array.from({ length: Math.max(zones.length, figures.length) }, (_, row) =>
    `${(zones[row] ?? "").padEnd(width)}    ${figures[row] ?? ""}`.trimEnd(),
  );
}

function figuresLine(standing: Standing): string | undefined {
  const { progress, refusedEvictions } = standing;
  if (progress === undefined) return undefined;
  const { zones, podsInside, podsOutside } = progress;
  const { done, of } = nodesOf(progress);
  const byZone = zones.map((zone) => `${zone.availabilityZone} ${zone.done}/${zone.of}`).join(", ");
  return [
    `${grouped(done)} of ${counted(of, "node")} gone${zones.length > 1 ? ` (${byZone})` : ""}`,
    `${grouped(podsInside)} of ${counted(podsInside + podsOutside, "pod")} in the pod subnets`,
    ...(refusedEvictions === 0 ? [] : [counted(refusedEvictions, "refused eviction")]),
    ...timeLeft(standing),
  ].join(", ");
}

/** Why no further node is begun. */
function held({ held: why }: Standing): string[] {
  return why === undefined ? [] : [why];
}

/** What is at work: groups that get workers, and nodes on their way out. */
function underWay({ surging, draining, nowMs }: Standing): string[] {
  const rows = [
    ...[...surging].map(([group, { added, ready, because }]) => {
      const joining = ready === 0 ? "joining" : `${ready} Ready, ${added - ready} joining`;
      return ["surging ", group, because ?? `+${added}: ${joining}`] as const;
    }),
    ...[...draining].map(([node, what]) => {
      const how = typeof what === "string" ? what : drainInWords(what, "   ", nowMs);
      return ["draining", node, how] as const;
    }),
  ];
  const width = widest(rows.map(([, name]) => name));
  return rows.map(([what, name, how]) => `${what}  ${name.padEnd(width)}  ${how}`);
}

function bar(done: number, of: number): string {
  const full = of === 0 ? BAR_WIDTH : Math.round((done / of) * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
