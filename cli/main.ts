import type { Answer } from "./command";
import { isJsonAsked, isWord, whatIsAsked } from "./commandLine";
import { reportFailure, reportInterruption, reportProblems } from "./errorReport";
import { exitCode } from "./exitCode";
import type { Io } from "./io";
import { jsonText } from "./jsonText";
import { answerTo } from "./program";
import { UsageError } from "./usageError";
import { visibleIo } from "./visibleIo";

/**
 * Runs podnet.
 *
 * @param argv the arguments behind the program's name.
 * @returns the exit code; everything is written by then.
 */
export async function run(argv: readonly string[], outside: Io): Promise<number> {
  const io = visibleIo(outside);
  const asJson = isJsonAsked(argv);
  // `podnet help sandbox up` is `podnet sandbox up --help`.
  const words = argv[0] === "help" ? [...argv.slice(1).filter(isWord), "--help"] : argv;
  const asked = whatIsAsked(words);
  try {
    const answer = await answerTo(words, asked, asJson, io);
    if (answer === undefined) return exitCode.done;
    if (answer.events === undefined) write(answer, asJson, io);
    else await writeEach(answer.events, asJson, io);
    return answer.exitCode ?? (answer.isNo === true ? exitCode.no : exitCode.done);
  } catch (error) {
    if (error instanceof UsageError) return reportProblems(asked.caller, error, asJson, io);
    if (io.signal.aborted) return reportInterruption(asked.caller, error, asJson, io);
    return reportFailure(asked.caller, error, asJson, io);
  }
}

/**
 * Says that podnet is stopped at once, before its command could end.
 *
 * @param argv as `run` got it.
 * @returns the exit code.
 */
export function sayStopped(argv: readonly string[], io: Io): number {
  return reportInterruption(whatIsAsked(argv).caller, io.signal.reason, isJsonAsked(argv), visibleIo(io));
}

/**
 * Says that podnet has a defect, by an error that nothing of it has waited for.
 *
 * @param argv as `run` got it.
 * @param isAnswered whether something of an answer is written: with --json there is one document.
 * @returns the exit code.
 */
export function sayDefect(argv: readonly string[], error: unknown, isAnswered: boolean, io: Io): number {
  const asJson = isJsonAsked(argv) && !isAnswered;
  return reportFailure(whatIsAsked(argv).caller, error, asJson, visibleIo(io));
}

/** Each as it happens, for as long as somebody reads them. */
async function writeEach(events: NonNullable<Answer["events"]>, asJson: boolean, io: Io): Promise<void> {
  for await (const { json, text } of events) {
    if (io.isUnread?.() === true) return;
    io.stdout(`${asJson ? jsonText(json) : text}\n`);
  }
}

function write(answer: Answer, asJson: boolean, io: Io): void {
  if (asJson) {
    io.stdout(`${jsonText(answer.json, 2)}\n`);
    return;
  }
  if (answer.text !== "") io.stdout(`${answer.text.replace(/\n$/, "")}\n`);
  for (const note of answer.notes ?? []) io.stderr(`note: ${note}\n`);
}
