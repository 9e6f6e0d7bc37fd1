import { shown } from "../../planning/problem";
import type { Answer } from "../command";
import { exitCode } from "../exitCode";
import { InterruptedError } from "../interruptedError";
import type { Io } from "../io";
import { OutsideError } from "../outsideError";
import { describeFailedStep, describeInterruptedStep, describeMigration, withoutNext } from "./migrationText";
import type { MigrationDocument, MigrationStep, StepAhead, StepResult } from "./migrationStep";

/** A migration of one environment. */
export interface Migration {
  /** The environment. */
  readonly name: string;
  /** In the order in which they are done. */
  readonly steps: readonly MigrationStep[];
  /** The command that goes on with it. */
  readonly next: string;
  /** Whether every step is approved beforehand. @default somebody is asked before each step that changes anything */
  readonly isApproved: boolean;
}

type Outside = Pick<Io, "stderr" | "ask" | "signal">;

/**
 * Does the steps of a migration, one after the other, as far as they are approved and their answers are not no. What is
 * done is told on stderr as it happens; the answer sums it up.
 *
 * Nothing is remembered: each step looks for itself what is left to do, so that the next run goes on from wherever this
 * one ends.
 *
 * @throws InterruptedError when the signal is aborted, and OutsideError for what AWS, Kubernetes or Pulumi answer, both
 *   with what is done by then; and what else the steps throw.
 */
export async function migration(asked: Migration, io: Outside): Promise<Answer> {
  const { name, steps, next } = asked;
  const results: StepResult[] = [];
  for (const step of steps) {
    const taken = await take(step, asked, io).catch((error: unknown) => {
      throw toldWithSteps(error, step, { ...asked, results }, io.signal);
    });
    results.push(taken.result);
    const { outcome } = taken.result;
    if (outcome !== "no" && outcome !== "declined") continue;
    const left = steps.slice(results.length).map((one) => notBegun(one.name));
    const document: MigrationDocument = {
      environment: name,
      outcome,
      steps: [...results, ...left],
      next,
    };
    return {
      json: document,
      text: describeMigration(document, taken.answer?.text),
      exitCode: taken.answer?.exitCode ?? exitCode.no,
    };
  }
  const document: MigrationDocument = { environment: name, outcome: "done", steps: results };
  return { json: document, text: describeMigration(document) };
}

interface Taken {
  readonly result: StepResult;
  /** Whose text is to be read, where it ends the migration. */
  readonly answer?: Answer;
}

/** Looks at a step, asks, and does it. */
async function take(step: MigrationStep, { name, isApproved }: Migration, io: Outside): Promise<Taken> {
  const say = (text: string) => {
    io.stderr(`${text}\n`);
  };
  io.signal.throwIfAborted();
  if (step.look !== undefined) say(`\n== Before podnet ${step.name} ${name}\n`);
  const ahead = await step.look?.();
  if (ahead !== undefined) {
    say(withoutNext(ahead.answer.text));
    const settled = await consent(step, ahead, isApproved, io);
    if (settled !== undefined) return settled;
  }
  say(`\n== podnet ${step.name} ${name}\n`);
  const answer = await step.run();
  const documents = { ...(ahead !== undefined && { ahead: ahead.answer.json }), answer: answer.json };
  if (answer.isNo === true || (answer.exitCode ?? exitCode.done) !== exitCode.done) {
    return { result: { step: step.name, outcome: "no", says: "see above", ...documents }, answer };
  }
  say(withoutNext(answer.text));
  for (const note of answer.notes ?? []) say(`note: ${note}`);
  const { isUnchanged, says } = step.cameTo(answer);
  return { result: { step: step.name, outcome: isUnchanged ? "unchanged" : "done", says, ...documents } };
}

/** What becomes of a step that is not done: there is nothing to do, it would refuse itself, or somebody says no. */
async function consent(
  { name: step }: MigrationStep,
  { answer, todo, says, question }: StepAhead,
  isApproved: boolean,
  io: Outside,
): Promise<Taken | undefined> {
  const ahead = answer.json;
  if (todo === "nothing") return { result: { step, outcome: "unchanged", says, ahead } };
  if (todo === "settle" || isApproved) return undefined;
  if (todo === "refused") return { result: { step, outcome: "no", says, ahead }, answer };
  if (await isYes(question, io)) return undefined;
  return { result: { step, outcome: "declined", says: "somebody said no", ahead } };
}

/** Asks until somebody says yes or no, which a typo is not; no word at all, and the end of the input, are a no. */
async function isYes(question: string, io: Outside): Promise<boolean> {
  for (;;) {
    const said = (await io.ask?.(`\n${question} [yes/no] `))?.trim() ?? "";
    io.signal.throwIfAborted();
    if (/^y(es)?$/i.test(said)) return true;
    if (said === "" || /^no?$/i.test(said)) return false;
    io.stderr(`${shown(said)} is neither yes nor no: say yes or y to have it done, no or n to end here.\n`);
  }
}

function notBegun(step: string): StepResult {
  return { step, outcome: "notBegun", says: "" };
}

/** An error of a step, with the step, what is done before it, and the command that goes on. */
function toldWithSteps(
  error: unknown,
  { name: step }: MigrationStep,
  { name, steps, next, results }: Migration & { readonly results: readonly StepResult[] },
  signal: AbortSignal,
): unknown {
  const where = { environment: name, step, of: steps.length, results, next };
  const document = { environment: name, step, steps: results };
  if (signal.aborted) {
    const { cause, told } = error instanceof InterruptedError ? error : { cause: error };
    const text = describeInterruptedStep(where, told?.text);
    return new InterruptedError(cause, { text, json: { ...told?.json, ...document, next } });
  }
  if (!(error instanceof OutsideError)) return error;
  const text = describeFailedStep(where, error.told?.text);
  return error.with({ text, json: { ...error.told?.json, ...document, next } });
}
