import { counted } from "../../planning/amounts";
import { table } from "../table";
import type { MigrationDocument, StepResult } from "./migrationStep";

const OUTCOME_WORDS: Readonly<Record<StepResult["outcome"], string>> = {
  done: "done",
  unchanged: "was done",
  no: "NO",
  declined: "not approved",
  notBegun: "not begun",
};

/**
 * What came of a migration, as people read it: what ended it first, then every step.
 *
 * @param ending the text of the step that ended it. @default none
 */
export function describeMigration(
  { environment, outcome, steps, next = "" }: MigrationDocument,
  ending?: string,
): string {
  const rows = steps.map((step) => [step.step, OUTCOME_WORDS[step.outcome], step.says]);
  const stopped = steps.find((step) => step.outcome === "no" || step.outcome === "declined")?.step ?? "";
  const verdict = {
    done: `${environment}  migrated  ${counted(steps.length, "step")}`,
    no: `${environment}  not migrated: the answer of ${stopped} is no`,
    declined: `${environment}  ${stopped} is not approved; nothing of it was done`,
  }[outcome];
  const goesOn = {
    done: [],
    no: [`Next, when that is put right: ${next} goes on from here.`],
    declined: [`Next: ${next} asks again.`],
  }[outcome];
  return [
    ...(ending === undefined ? [] : [withoutNext(ending)]),
    verdict,
    table([{ head: "STEP" }, { head: "OUTCOME" }, { head: "" }], rows),
    ...goesOn,
  ].join("\n\n");
}

/** A step that did not end. */
interface UnfinishedStep {
  readonly environment: string;
  readonly step: string;
  /** How many steps there are. */
  readonly of: number;
  /** Of those before it. */
  readonly results: readonly StepResult[];
  /** The command that goes on. */
  readonly next: string;
}

/** How far an interrupted migration came. @param inner what the step says of itself. */
export function describeInterruptedStep(where: UnfinishedStep, inner?: string): string {
  return [...beginning("interrupted", where, inner), `Next: ${where.next} goes on from here.`].join("\n");
}

/** How far a migration came of which a step failed. @param inner what the step says of itself. */
export function describeFailedStep(where: UnfinishedStep, inner?: string): string {
  const next = `Next, when what failed is put right: ${where.next} goes on from here.`;
  return [...beginning("failed", where, inner), next].join("\n");
}

function beginning(
  how: string,
  { environment, step, of, results }: UnfinishedStep,
  inner: string | undefined,
): string[] {
  return [
    `${environment}  migration ${how} in ${step}, step ${results.length + 1} of ${of}.`,
    results.length === 0
      ? "No step was done before it."
      : `Done before it: ${results.map(({ step: name, says }) => `${name} (${says})`).join(", ")}.`,
    ...(inner === undefined ? [] : [withoutNext(inner)]),
  ];
}

/** The text of a step without what follows from it alone: in a migration the next step follows by itself. */
export function withoutNext(text: string): string {
  // A command that is longer than a line stands below its "Next:".
  return text.replaceAll(/^(?:Next(?:, [^:\n]*)?:(?: |\n +)podnet .*|Exit \d\.)(?:\n|$)/gm, "").trimEnd();
}
