import { commands, type CommandEntry } from "../../cli/commands";
import type { Command } from "../../cli/command";
import type { Flag } from "../../cli/flag";
import { flagName, readFlags } from "../../cli/readFlags";
import { UsageError } from "../../cli/usageError";

/**
 * What is wrong with a command line of podnet, by the definitions of its commands: an unknown command or flag, a value
 * that a flag can't take, an argument too many or too few. Nothing is run.
 *
 * @param words those behind `podnet`.
 * @param isWhole whether what has to be given has to be there. @default true
 */
export function podnetProblems(words: readonly string[], isWhole = true): string[] {
  const [first, second] = words;
  const found = commands.find(({ name }) => name === first);
  if (found === undefined) return words.length === 0 || first === "--help" ? [] : [`no command ${first}`];
  if ("load" in found) return problemsOf(found, words.slice(1), isWhole);
  if (second === undefined && !isWhole) return [];
  const entry = found.commands.find(({ name }) => name === second);
  return entry === undefined
    ? [`no command ${first} ${second ?? ""}`]
    : problemsOf(entry, words.slice(2), isWhole);
}

function problemsOf(entry: CommandEntry, words: readonly string[], isWhole: boolean): string[] {
  const command = entry.load();
  const { args, given, unknown } = sorted(command, words);
  if (unknown.length > 0) return unknown.map((flag) => `${entry.name} has no ${flag}`);
  const { positional } = command;
  const most = positional === undefined ? 0 : positional.many ? Infinity : 1;
  if (args.length > most) return [`${entry.name} takes no ${args.slice(most).join(" ")}`];
  if (!isWhole) return [];
  try {
    readFlags(command, given, args, {
      ...{ isTTY: false, signal: new AbortController().signal },
      ...{ stdout: () => undefined, stderr: () => undefined, readFile: () => "{}" },
    });
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
  }
}

/** What every command takes. */
const COMMON = ["--json", "--help"];

/** The words of a command line by what they are, as commander sorts them. */
function sorted({ flags, flagsFile }: Command, words: readonly string[]) {
  const named = Object.entries(flags).flatMap(([key, flag]) =>
    [flagName(key), ...(flag.short === undefined ? [] : [`-${flag.short}`])].map(
      (name) => [name, { key, flag }] as const,
    ),
  );
  const byName = new Map(named);
  const given: Record<string, unknown> = {};
  const args: string[] = [];
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    const [name = "", value] = word.split(/=(.*)/s);
    const found = byName.get(name);
    if (found === undefined) {
      const isFile = flagsFile === true && name === "--file";
      if (isFile) at += 1;
      if (!isFile && !COMMON.includes(name)) unknown.push(name);
      continue;
    }
    const values = value === undefined ? words.slice(at + 1, at + 1 + taken(found.flag, words, at)) : [value];
    if (value === undefined) at += values.length;
    const before = given[found.key];
    given[found.key] = found.flag.many
      ? [...(Array.isArray(before) ? (before as unknown[]) : []), ...values]
      : (values[0] ?? found.flag.preset ?? true);
  }
  return { args, given, unknown };
}

/** How many words behind a flag are its values. */
function taken(flag: Flag, words: readonly string[], at: number): number {
  if (flag.placeholder === "") return 0;
  const rest = words.slice(at + 1);
  const next = rest.findIndex((word) => word.startsWith("-"));
  const free = next === -1 ? rest.length : next;
  return flag.many && flag.placeholder.includes("...") ? free : Math.min(1, free);
}
