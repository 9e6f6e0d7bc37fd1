import type { EnvironmentStatus } from "../automation/status/readStatus";
import type { LastRun } from "../planning/environmentStatus";
import { sharedRanges } from "../planning/sharedRanges";
import { grouped } from "../planning/amounts";
import { withPlace, type CommandPlace } from "./nextCommand";
import { table } from "./table";
import { fitted } from "./wrapped";

/** An environment in the table: what is known of it, or why nothing is. */
export type StatusRow = EnvironmentStatus | UnseenEnvironment;

/** An environment that could not be looked at. */
interface UnseenEnvironment {
  readonly environment: string;
  /** Why. */
  readonly failure: string;
  /** What a person can do; none where nobody knows. */
  readonly fix?: string;
}

/** The status of an environment that this process found at a place: the next command finds it there as well. */
export function statusFoundAt(status: EnvironmentStatus, place: CommandPlace): EnvironmentStatus {
  const { environment, next } = status;
  return next === undefined ? status : { ...status, next: withPlace(next, environment, place) };
}

const COLUMNS = [
  { head: "ENVIRONMENT" },
  { head: "STEP" },
  { head: "PODS IN NEW RANGE" },
  { head: "OLD NODES" },
  { head: "ADDRESSES FREE" },
  { head: "LAST RUN" },
  { head: "NEXT" },
];

/**
 * How far environments are, a line each; then what could not be seen, and ranges that are shared where they may not be.
 *
 * @param nowMs milliseconds since 1970.
 * @param columns how wide lines below the table may be.
 */
export function describeStatus(rows: readonly StatusRow[], nowMs: number, columns?: number): string {
  const failures = rows.flatMap((row) => ("failure" in row ? [failureText(row)] : []));
  const shared = sharedRanges(rows.flatMap((row) => ("network" in row ? [row.network] : []))).map(
    ({ environments: [one, other], podCidrs: [here, there], by }) =>
      `warn  ${one} and ${other} share addresses for pods (${here === there ? here : `${here}, ${there}`}), and their VPCs are connected by ${by}.\n` +
      `      -> Give one of them another range, or pods of one may be answered in the other.`,
  );
  return [
    table(
      COLUMNS,
      rows.map((row) => cells(row, nowMs)),
    ),
    ...[failures, shared]
      .filter(({ length }) => length > 0)
      .map((texts) => fitted(texts.join("\n"), columns)),
  ].join("\n\n");
}

function failureText({ environment, failure, fix }: UnseenEnvironment): string {
  return `${environment}: not seen: ${failure}${fix === undefined ? "" : `\n  -> ${fix}`}`;
}

function cells(row: StatusRow, nowMs: number): string[] {
  if ("failure" in row) return [row.environment, "not seen", "", "", "", "", ""];
  const { environment, step, pods, nodes, freeAddresses, lastRun, next } = row;
  return [
    environment,
    step,
    pods.of === 0 ? "no pods" : `${share(pods.inside, pods.of)} %`,
    nodes.old === 0 ? "0" : `${grouped(nodes.old)} of ${grouped(nodes.of)}`,
    grouped(freeAddresses),
    lastRun === undefined ? "-" : describeLastRun(lastRun, nowMs),
    next ?? "-",
  ];
}

/** In percent; 100 only where it is all, and 0 only where it is none. */
function share(part: number, whole: number): number {
  if (part === 0 || part === whole) return part === 0 ? 0 : 100;
  return Math.min(99, Math.max(1, Math.round((100 * part) / whole)));
}

function describeLastRun(
  { kind, runId, isRunning, isAborted, startedAtMs, endedAtMs }: LastRun,
  nowMs: number,
): string {
  const what = runId === undefined ? kind : `${kind} ${runId}`;
  if (isRunning) return `${what}, running`;
  if (isAborted) return `${what}, aborted ${span(nowMs - (endedAtMs ?? startedAtMs))} ago`;
  // Paused, interrupted or killed: it has begun, and nobody wrote down that it ended.
  if (endedAtMs === undefined) return `${what}, begun ${span(nowMs - startedAtMs)} ago, stopped`;
  const since = `${what}, ${span(nowMs - endedAtMs)} ago`;
  // Of a rollback that has ended, Pulumi alone remembers something: its last step, and not how long all of it took.
  const isLastStep = kind === "rollback" && runId === undefined;
  return isLastStep ? since : `${since}, took ${span(endedAtMs - startedAtMs)}`;
}

/** A span in its largest unit: `40 s`, `11 min`, `3 h`, `2 d`. */
function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
