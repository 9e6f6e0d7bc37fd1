import { counted, grouped } from "../amounts";
import { isNotSeen } from "../preflight/finding";
import type { ReportFacts, ReportedStatus } from "./facts";
import { inWords, percent, spanText } from "./spans";

/** How a report is to be taken at a glance. */
export type Tone = "done" | "going" | "look" | "notBegun";

/** What came of an environment. */
export interface Outcome {
  /** One sentence. */
  readonly sentence: string;
  readonly tone: Tone;
}

/** What of a rotation the sentence needs. */
export interface RotationFigures {
  /** Old nodes of the timeline. */
  readonly old: number;
  /** Those of them that are gone. */
  readonly replaced: number;
  readonly blocked: number;
  /** Seconds in which somebody worked on it. */
  readonly workedSeconds: number;
}

/** The first sentence of a report: the answer. */
export function outcomeOf(facts: ReportFacts, rotation: RotationFigures | undefined): Outcome {
  const { environment, status, podCidrs } = facts;
  if (isNotSeen(status)) {
    return {
      tone: "look",
      sentence: `${environment} could not be looked at: ${withoutStop(status.notSeen)}.`,
    };
  }
  const range = inWords(podCidrs);
  const { pods, nodes, step, next } = status;
  const moved = `${grouped(pods.inside)} of ${counted(pods.of, "pod")} (${percent(pods.inside, pods.of)} %) have addresses of ${range}`;
  const blocked =
    rotation === undefined || rotation.blocked === 0 ? "" : ` (${grouped(rotation.blocked)} blocked)`;
  const left = `${grouped(nodes.old)} of ${counted(nodes.of, "node")} ${nodes.old === 1 ? "is" : "are"} old still${blocked}`;
  const goOn = next === undefined ? "" : `; ${next} is next`;
  switch (step) {
    case "done":
      return { tone: "done", sentence: doneSentence(environment, range, status, rotation) };
    case "rotating":
      return { tone: "going", sentence: `${environment} is moving: ${moved}, and ${left}.` };
    case "rotation stopped":
      return { tone: "look", sentence: `${environment} stopped on its way: ${moved}, and ${left}${goOn}.` };
    case "partly rotated":
      return { tone: "look", sentence: `${environment} has moved in part: ${moved}, and ${left}${goOn}.` };
    case "rolling back":
      return { tone: "going", sentence: `${environment} goes back to where it was: ${moved} still.` };
    case "rollback stopped":
      return { tone: "look", sentence: `${environment} stopped on its way back: ${moved} still${goOn}.` };
    case "not verified":
      return {
        tone: "look",
        sentence: `No node of ${environment} is old, but not everything could be seen: ${moved}${goOn}.`,
      };
    case "up":
      return {
        tone: "going",
        sentence: `The way is made and nobody has gone it: ${range} is there for the pods of ${environment}, ${left}${goOn}.`,
      };
    case "up failed":
      return { tone: "look", sentence: `Bringing ${environment} up failed: ${moved}, and ${left}${goOn}.` };
    case "not begun":
      return {
        tone: "notBegun",
        sentence: `Nothing of ${environment} has moved: its ${counted(pods.of, "pod")} on ${counted(nodes.of, "node")} have the addresses that they had${goOn}.`,
      };
  }
}

function doneSentence(
  environment: string,
  range: string,
  { pods, nodes }: ReportedStatus,
  rotation: RotationFigures | undefined,
): string {
  const all = `All ${counted(pods.of, "pod")} of ${environment}, on ${counted(nodes.of, "node")}, have addresses of ${range}`;
  if (rotation === undefined || rotation.replaced === 0) return `${all}.`;
  const old = rotation.replaced === 1 ? "1 old node was" : `${grouped(rotation.replaced)} old nodes were`;
  return `${all}: ${old} replaced in ${spanText(rotation.workedSeconds)}.`;
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}
