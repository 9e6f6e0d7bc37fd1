import { likelyName } from "../planning/nearestNames";
import { shown } from "../planning/problem";
import type { Command } from "./command";
import type { Flag, Reading } from "./flag";
import { readInputFile, type InputFile } from "./inputFile";
import type { Io } from "./io";
import { UsageError, type UsageProblem } from "./usageError";

/** What was given on the command line, by flag: `true`, a text, or several. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** What a command gets to work with. */
export interface ReadFlags {
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

type Definition = Pick<Command, "flags" | "positional" | "flagsFile">;

/** `maxEni` as people type it: `--max-eni`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Turns what was given into values: the command line first, then the file of flags where there is one.
 *
 * @throws UsageError with every value that can't be taken and everything that is missing.
 */
export function readFlags(
  definition: Definition,
  given: GivenFlags,
  args: readonly string[],
  io: Io,
): ReadFlags {
  const { flags, positional, flagsFile } = definition;
  const values: Record<string, unknown> = {};
  const problems: UsageProblem[] = [];
  for (const [key, flag] of Object.entries(flags)) {
    if (given[key] === undefined) continue;
    const reading = flag.read(textsGiven(given[key]));
    if ("value" in reading) values[key] = reading.value;
    else problems.push(...reading.refusals.map((refusal) => ({ path: flagName(key), ...refusal })));
  }

  let fromFile: ReadFlags = { args: [], values: {} };
  if (flagsFile === true && typeof given.file === "string") {
    fromFile = readFlagsFile(definition, given.file, problems, io);
    for (const [key, value] of Object.entries(fromFile.values)) values[key] ??= value;
  }

  const allArgs = args.length > 0 ? args : fromFile.args;
  // A file that could not be read may hold what seems to be missing.
  const mayBeInFile = problems.some(({ file }) => file !== undefined);
  if (!mayBeInFile) {
    if (positional !== undefined && positional.optional !== true && allArgs.length === 0) {
      problems.unshift({
        path: positional.name,
        reason: "is missing.",
        fix: missingArgument(definition, given),
      });
    }
    for (const [key, flag] of Object.entries(flags)) {
      if (flag.required && given[key] === undefined && values[key] === undefined) {
        problems.push({ path: flagName(key), reason: "is missing.", fix: `Give ${flag.help}.` });
      }
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { args: allArgs, values };
}

function textsGiven(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function missingArgument({ flags, positional }: Definition, given: GivenFlags): string {
  const greedy = Object.entries(flags).find(([key, flag]) => flag.many && given[key] !== undefined);
  const where =
    greedy === undefined ? "" : `, before ${flagName(greedy[0])}, which takes all that follows it`;
  return `Give ${positional?.help ?? "it"}${where}.`;
}

function readFlagsFile(definition: Definition, path: string, problems: UsageProblem[], io: Io): ReadFlags {
  let input: InputFile;
  try {
    input = readInputFile(io, path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems.map((problem) => ({ file: path, ...problem })));
    return { args: [], values: {} };
  }
  const { flags, positional } = definition;
  const values: Record<string, unknown> = {};
  const args: string[] = [];
  const refuse = (key: string, reason: string, fix: string) => {
    problems.push({ file: path, path: key, reason, fix, position: input.positionOf(key) });
  };
  if (typeof input.value !== "object" || input.value === null || Array.isArray(input.value)) {
    refuse("(the whole file)", "is not an object.", "Write a line for each flag, such as maxEni: 3.");
    return { args, values };
  }
  const keys = [...(positional ? [positional.key] : []), ...Object.keys(flags)];
  for (const [key, value] of Object.entries(input.value)) {
    const flag = Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (key === positional?.key) {
      const texts = textsInFile(value, { ...positional, kind: "text" });
      if ("value" in texts) args.push(...texts.value);
      else for (const { reason, fix } of texts.refusals) refuse(key, reason, fix);
    } else if (flag === undefined) {
      const meant = likelyName(key, keys);
      refuse(
        key,
        "is not a flag of this command.",
        `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${keys.join(", ")}.`,
      );
    } else {
      const texts = textsInFile(value, flag);
      const reading = "value" in texts ? flag.read(texts.value) : texts;
      if ("value" in reading) values[key] = reading.value;
      else for (const { reason, fix } of reading.refusals) refuse(key, reason, fix);
    }
  }
  return { args, values };
}

/**
 * A value of a file as the texts that a command line would have: a list as its items, an object as `key=value` items.
 * What is no text and no number or boolean where those are meant is refused, so that nothing is read as what it was
 * not written as.
 */
function textsInFile(
  value: unknown,
  flag: Pick<Flag, "kind" | "many" | "help" | "preset">,
): Reading<string[]> {
  const refusal = (given: unknown) => ({
    refusals: [{ reason: `${shown(given)} can't be used.`, fix: fixOf(given, flag) }],
  });
  const scalar = (given: unknown): string | undefined => {
    if (given === true && flag.preset !== undefined) return flag.preset;
    return typeof given === "string" || typeof given === flag.kind ? String(given) : undefined;
  };
  if (typeof value !== "object") {
    const text = scalar(value);
    return text === undefined ? refusal(value) : { value: [text] };
  }
  if (value === null || !flag.many) return refusal(value);
  const isList = Array.isArray(value);
  const texts = Object.entries(value).map(([key, item]): [string, unknown] => [
    isList ? "" : `${key}=`,
    item,
  ]);
  const odd = texts.find(([, item]) => scalar(item) === undefined);
  if (odd !== undefined) return refusal(odd[1]);
  return { value: texts.map(([key, item]) => key + (scalar(item) ?? "")) };
}

function fixOf(given: unknown, { kind, help }: Pick<Flag, "kind" | "help">): string {
  const quote = kind === "text" && (typeof given === "number" || typeof given === "boolean");
  return quote ? "Put quotes around it, so that it is read as it is written." : `Give ${help}.`;
}
