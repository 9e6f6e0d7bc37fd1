import type { BringUpEvent } from "../automation/bringUp";
import { describeStackEvent } from "../automation/describeStackEvent";
import { describeStep } from "../automation/rollback/events";
import { describeRotationEvent } from "../automation/rotation/describeEvent";
import type { RotationEvent } from "../automation/rotation/events";
import type { RunnerEvent } from "../automation/runner";
import { describeVerificationEvent } from "../automation/verification/verificationEvent";
import { changeInWords } from "../planning/stack/changeInWords";
import type { Progress } from "./progress";
import { rotationView } from "./rotationView";
import { terminalColumns } from "./wrapped";

/**
 * Tells people of what a runner does.
 *
 * @param isTTY whether a person watches, for whom a rotation is drawn; in a pipeline it is told in lines.
 */
export function runnerProgress(progress: Progress, isTTY: boolean): (event: RunnerEvent) => void {
  const onStackEvent = stackProgress(progress);
  const onRotationEvent = rotationProgress(progress, isTTY);
  return ({ type, event }) => {
    if (type === "stack") onStackEvent(event);
    else if (type === "rotation") onRotationEvent(event);
    else if (type === "rollback") progress.step(capitalised(describeStep(event.step)));
    else progress.show([describeVerificationEvent(event)]);
  };
}

/**
 * Of an update, what is done stays and what is under way is drawn over. A preview does nothing: its resources come all
 * at once at its end, as the answer.
 */
function stackProgress(progress: Progress): (event: BringUpEvent) => void {
  const underWay = new Set<string>();
  return (event) => {
    const line = describeStackEvent(event);
    if (event.kind === "resource") {
      const { isPlanned, state, change } = event;
      if (change.isBookkeeping || isPlanned) return;
      if (state === "started") underWay.add(changeInWords(change));
      else underWay.delete(changeInWords(change));
      if (line !== undefined) progress.say(line);
      progress.show([...underWay]);
    } else if (event.kind === "diagnostic") {
      // Errors are told once, at the end.
      if (line !== undefined && event.diagnostic.severity === "warning") progress.say(line);
    } else if (line !== undefined) {
      if ("progress" in event) progress.show([line]);
      else progress.step(capitalised(line));
    }
  };
}

function capitalised(line: string): string {
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}`;
}

/** Events of a rotation that a picture shows better than a line, where there is a picture. */
const DRAWN: ReadonlySet<RotationEvent["type"]> = new Set([
  "progress",
  "cordoned",
  "evicted",
  "draining",
  "evictionRefused",
  "drained",
  "settled",
  "deregistering",
  "departing",
  "workerReady",
]);

/** How often a pipeline is told how the same thing stands, as long as nothing ends. */
const STANDING_EVERY_MS = 60_000;

/** What says how something stands and comes again and again; none for what happens once. */
function standingOf(event: RotationEvent): string | undefined {
  switch (event.type) {
    case "progress":
      // A node more is told at once.
      return `progress ${event.zones.map(({ done }) => done).join(" ")}`;
    case "draining":
    case "evictionRefused":
    case "deregistering":
    case "departing":
      return `${event.type} ${event.node}`;
    default:
      return undefined;
  }
}

/** Tells whether an event is a line of its own in a pipeline, or too soon after one that said how the same stands. */
function pacing(): (event: RotationEvent) => boolean {
  const toldAtMs = new Map<string, number>();
  return (event) => {
    const standing = standingOf(event);
    if (standing === undefined) return true;
    const atMs = Date.parse(event.at);
    const isSoon = atMs - (toldAtMs.get(standing) ?? -Infinity) < STANDING_EVERY_MS;
    if (!isSoon) toldAtMs.set(standing, atMs);
    return !isSoon;
  };
}

function rotationProgress(progress: Progress, isTTY: boolean): (event: RotationEvent) => void {
  const view = rotationView();
  const isDue = isTTY ? () => true : pacing();
  return (event) => {
    view.read(event);
    const line = event.type === "progress" ? view.figures() : describeRotationEvent(event);
    // The pods of a node are counted, in a pipeline as well.
    const isCounted = event.type === "evicted" || (isTTY && DRAWN.has(event.type));
    if (line !== undefined && !isCounted && isDue(event)) progress.say(line);
    progress.show(isTTY ? view.lines(terminalColumns(process.stderr)) : view.summary());
  };
}
