import { likelyName } from "../planning/nearestNames";
import type { Command } from "./command";
import type { Flag, FlagSet } from "./flag";
import { readInputFile } from "./inputFile";
import type { Io } from "./io";
import { UsageError, type UsageProblem } from "./usageError";

/** What was given on the command line, by flag: `true`, a text, or several. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** `maxEni` as people type it: `--max-eni`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Turns what was given into values: the command line first, then the file of flags where there is one.
 *
 * @throws UsageError with every value that can't be taken and every flag that is missing.
 */
export function readFlags(
  { flags, positional, flagsFile }: Pick<Command, "flags" | "positional" | "flagsFile">,
  given: GivenFlags,
  args: readonly string[],
  io: Io,
): { args: readonly string[]; values: Record<string, unknown> } {
  const values: Record<string, unknown> = {};
  const problems: UsageProblem[] = [];
  for (const [key, flag] of Object.entries(flags)) {
    if (given[key] === undefined) continue;
    take(
      flag,
      textsOf(given[key]),
      (value) => (values[key] = value),
      (reason, fix) => problems.push({ path: flagName(key), reason, fix }),
    );
  }

  let argsFromFile: string[] = [];
  const file = given.file;
  if (flagsFile === true && typeof file === "string") {
    const fromFile = readFlagsFile({ flags, positional }, file, io);
    argsFromFile = fromFile.args;
    for (const [key, value] of Object.entries(fromFile.values)) values[key] ??= value;
  }

  for (const [key, flag] of Object.entries(flags)) {
    const isGiven = given[key] !== undefined || values[key] !== undefined;
    if (flag.required && !isGiven) {
      problems.push({ path: flagName(key), reason: "is missing.", fix: `Give ${flag.help}.` });
    }
  }
  const allArgs = args.length > 0 ? args : argsFromFile;
  if (positional !== undefined && allArgs.length === 0) {
    problems.unshift({ path: positional.name, reason: "is missing.", fix: `Give ${positional.help}.` });
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { args: allArgs, values };
}

function readFlagsFile(
  { flags, positional }: { flags: FlagSet; positional: Command["positional"] },
  file: string,
  io: Io,
): { args: string[]; values: Record<string, unknown> } {
  const input = readInputFile(io, file);
  const values: Record<string, unknown> = {};
  let args: string[] = [];
  const problems: UsageProblem[] = [];
  if (typeof input.value !== "object" || input.value === null || Array.isArray(input.value)) {
    throw new UsageError(
      [
        {
          path: "(the whole file)",
          reason: "is not an object.",
          fix: "Write a line for each flag, such as maxEni: 3.",
        },
      ],
      file,
    );
  }
  const keys = [...(positional ? [positional.key] : []), ...Object.keys(flags)];
  for (const [key, value] of Object.entries(input.value)) {
    const refuse = (reason: string, fix: string) =>
      problems.push({ path: key, reason, fix, position: input.positionOf(key) });
    if (key === positional?.key) {
      args = textsOf(value);
      continue;
    }
    const flag = Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (flag === undefined) {
      const meant = likelyName(key, keys);
      refuse(
        "is not a flag of this command.",
        `${meant ? `Did you mean ${meant}? ` : ""}There are ${keys.join(", ")}.`,
      );
    } else if (value === null || (!flag.many && Array.isArray(value))) {
      refuse(`${JSON.stringify(value)} is not one value.`, `Give ${flag.help}.`);
    } else {
      take(
        flag,
        textsOf(value === true ? (flag.preset ?? true) : value),
        (taken) => (values[key] = taken),
        refuse,
      );
    }
  }
  if (problems.length > 0) throw new UsageError(problems, file);
  return { args, values };
}

function take(
  flag: Flag,
  texts: readonly string[],
  accept: (value: unknown) => void,
  refuse: (reason: string, fix: string) => void,
): void {
  const reading = flag.read(texts);
  if ("value" in reading) accept(reading.value);
  else
    reading.refusals.forEach(({ reason, fix }) => {
      refuse(reason, fix);
    });
}

/** Whatever was given as texts: a list as its items, an object as `key=value` items. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, item]) => `${key}=${String(item)}`);
  }
  return [String(value)];
}
