import { describeStep, type RollbackStep } from "../automation/rollback/events";
import type { RotationEvent } from "../automation/rotation/events";
import type { RunnerEvent } from "../automation/runner";
import { counted, grouped } from "../planning/amounts";
import { InterruptedError } from "./interruptedError";
import { withPlace, type CommandPlace } from "./nextCommand";
import { fitted } from "./wrapped";

/** What a rotation or a rollback has done when it is interrupted, by what it told. */
export interface RotationTrail {
  /** Takes each event as it comes. */
  readonly read: (event: RunnerEvent) => void;
  /** The interruption, with what is left and what a person runs next. */
  readonly interrupted: (cause: unknown) => InterruptedError;
  /** The command that has another process stop which rotates the same cluster. */
  readonly pause: string;
}

/** What was told by the moment of an interruption. */
interface Trail {
  /** Of a rollback. */
  step: RollbackStep | undefined;
  /** Who held the lease as this process asked for it. */
  holder: string | undefined;
  /** Old nodes as this process began. */
  old: number | undefined;
  /** None before the run has begun. */
  started: Extract<RotationEvent, { type: "started" }> | undefined;
  /** Whether anything but looking was told before the run has begun: what an earlier one had left was taken back. */
  isTakingBack: boolean;
  readonly rotated: string[];
  readonly onTheirWay: Set<string>;
}

/**
 * @param name the environment.
 * @param columns how wide the lines may be.
 * @param place where the environment is. @default where podnet looks without being told
 */
export function rotationTrail(
  name: string,
  command: "rotate" | "rollback",
  columns?: number,
  place: CommandPlace = {},
): RotationTrail {
  const trail: Trail = {
    step: undefined,
    holder: undefined,
    old: undefined,
    started: undefined,
    isTakingBack: false,
    rotated: [],
    onTheirWay: new Set(),
  };
  const read = ({ type, event }: RunnerEvent) => {
    if (type === "rollback") trail.step = event.step;
    else if (type === "rotation") readRotation(trail, event);
  };
  const interrupted = (cause: unknown) => {
    const { started, rotated } = trail;
    const onTheirWay = [...trail.onTheirWay];
    const next = withPlace(`podnet ${command} ${name}`, name, place);
    // Before there is a run, nothing is taken back by --abort; a way back has its own end.
    const abort =
      command === "rotate" && started !== undefined
        ? withPlace(`podnet rotate ${name} --abort`, name, place)
        : undefined;
    const isBegun = started !== undefined || trail.step !== undefined;
    const text = [
      `${name}  ${howFar(trail)}`,
      ...whatStays(trail),
      `Next: ${next} ${isBegun ? "goes on from here" : "begins, or goes on where there was a run before"}.`,
      ...(abort === undefined ? [] : [`Or:   ${abort} takes back what it has prepared.`]),
    ].join("\n");
    const { runId, rotatedEarlier } = started ?? {};
    const json = { environment: name, runId, rotated, rotatedEarlier, onTheirWay, next, abort };
    return new InterruptedError(cause, { text: fitted(text, columns), json });
  };
  return { read, interrupted, pause: pauseOf(name, place) };
}

function pauseOf(name: string, place: CommandPlace): string {
  return withPlace(`podnet rotate ${name} --pause`, name, place);
}

/**
 * What is said of something shorter that is interrupted, however far it came.
 *
 * @param name the environment.
 * @param what is to be known of it, as a sentence.
 * @param next the command that follows, as it is where podnet looks without being told, and what it does.
 * @param place where the environment is. @default where podnet looks without being told
 */
export function interruptionOf(
  name: string,
  what: string,
  next: { readonly command: string; readonly does: string },
  place: CommandPlace = {},
): RotationTrail {
  const command = withPlace(next.command, name, place);
  return {
    read: () => undefined,
    interrupted: (cause) =>
      new InterruptedError(cause, {
        text: `${name}  interrupted. ${what}\nNext: ${command} ${next.does}.`,
        json: { environment: name, next: command },
      }),
    pause: pauseOf(name, place),
  };
}

function readRotation(trail: Trail, event: RotationEvent): void {
  switch (event.type) {
    case "leaseAwaited":
      trail.holder = event.holder;
      break;
    case "planned":
      trail.holder = undefined;
      trail.old ??= event.plan.old.length;
      break;
    case "started":
      trail.started = event;
      break;
    case "cordoned":
      trail.onTheirWay.add(event.node);
      break;
    case "blocked":
      trail.onTheirWay.delete(event.node);
      break;
    case "gone":
      trail.onTheirWay.delete(event.node);
      trail.rotated.push(event.node);
      break;
    case "note":
      break;
    default:
      trail.isTakingBack ||= trail.started === undefined;
  }
}

/** The first line: how far it came. */
function howFar({ step, holder, started, isTakingBack, rotated, old }: Trail): string {
  const doing = step === undefined ? "" : ` while ${describeStep(step)}`;
  if (started !== undefined)
    return `interrupted${doing}  ${rotatedNodes(rotated.length, old, started.rotatedEarlier)}  run ${started.runId}`;
  if (step !== undefined) return `interrupted${doing}; this process took no node out of service.`;
  if (isTakingBack) return "interrupted while taking back what an earlier run had left; no node was drained.";
  if (holder !== undefined)
    return `interrupted before it began: ${holder} held the lease. Nothing was touched.`;
  return "interrupted before it began. Nothing was touched.";
}

function whatStays({ step = "workers", started, onTheirWay }: Trail): string[] {
  if (started === undefined || step !== "workers") return [];
  const nodes = [...onTheirWay];
  return [
    ...(nodes.length > 0
      ? [`On their way, and cordoned as they are: ${nodes.join(", ")}.`]
      : started.isResumed
        ? ["Nodes that an earlier process had on their way, and that are not gone, stay cordoned."]
        : ["No node is on its way."]),
    "New workers, marks and taints of old nodes, and what was changed of their groups stay as they are.",
  ];
}

/** How many are rotated, of those that were old: in the whole run, where that is known. */
function rotatedNodes(here: number, old: number | undefined, earlier: number | undefined): string {
  const all = here + (earlier ?? 0);
  const of =
    old === undefined
      ? counted(all, "node")
      : `${grouped(all)} of ${counted(old + (earlier ?? 0), "old node")}`;
  return `${of} rotated${earlier === undefined ? " by this process" : ""}`;
}
