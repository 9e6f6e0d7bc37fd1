import { counted } from "../planning/amounts";
import { exitCode } from "./exitCode";
import { InterruptedError } from "./interruptedError";
import type { Io } from "./io";
import { jsonText } from "./jsonText";
import { OutsideError } from "./outsideError";
import type { UsageError, UsageProblem } from "./usageError";

/** Writes everything that is wrong with what was given, file by file. */
export function reportProblems(caller: string, { problems }: UsageError, asJson: boolean, io: Io): number {
  for (const file of new Set(problems.map((problem) => problem.file))) {
    const here = problems.filter((problem) => problem.file === file);
    const count = counted(here.length, "problem");
    io.stderr(`${caller}: ${file === undefined ? count : `${file} is not usable (${count})`}\n`);
    const width = Math.max(...here.map(({ position = "" }) => position.length));
    for (const problem of here) io.stderr(lines(problem, width === 0 ? 0 : width + 3));
  }
  if (asJson) writeError({ exitCode: exitCode.usage, problems }, io);
  return exitCode.usage;
}

/** Writes that something outside failed, or that podnet itself has a defect. */
export function reportFailure(caller: string, error: unknown, asJson: boolean, io: Io): number {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof OutsideError) {
    const { fix, told } = error;
    io.stderr(`${caller}: ${message}\n  -> ${fix}\n${told === undefined ? "" : `\n${told.text}\n`}`);
    if (asJson) writeError({ exitCode: error.exitCode, message, fix, ...told?.json }, io);
    return error.exitCode;
  }
  const trace = error instanceof Error ? (error.stack ?? message) : message;
  io.stderr(
    `${caller}: ${message}\nThis is a defect of podnet; please report it with these lines:\n${trace}\n`,
  );
  if (asJson) writeError({ exitCode: exitCode.outside, message }, io);
  return exitCode.outside;
}

/** Writes that a person, or a pipeline, stopped it; how far it came; and what went wrong on the way out, if anything did. */
export function reportInterruption(caller: string, error: unknown, asJson: boolean, io: Io): number {
  const { cause, told } = error instanceof InterruptedError ? error : { cause: error };
  const isOnlyThat =
    cause === io.signal.reason ||
    (cause instanceof Error && (cause.name === "AbortError" || isOfStoppedPulumi(cause)));
  const message = `interrupted${isOnlyThat ? "" : `: ${cause instanceof Error ? cause.message : String(cause)}`}`;
  io.stderr(`${caller}: ${message}\n${told === undefined ? "" : `\n${told.text}\n`}`);
  if (asJson) writeError({ exitCode: exitCode.interrupted, message, ...told?.json }, io);
  return exitCode.interrupted;
}

/** Whether pulumi failed by nothing but the signal that podnet got as well. */
function isOfStoppedPulumi({ name, cause }: Error): boolean {
  return name === "PulumiStoppedError" || (cause instanceof Error && isOfStoppedPulumi(cause));
}

function lines({ position = "", path, reason, fix }: UsageProblem, indent: number): string {
  return `  ${position.padEnd(indent)}${path}: ${reason}\n  ${" ".repeat(indent)}  -> ${fix}\n`;
}

function writeError(error: Readonly<Record<string, unknown>>, io: Io): void {
  io.stdout(`${jsonText({ error }, 2)}\n`);
}
