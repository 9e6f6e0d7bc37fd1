import { Command as Commander, CommanderError, Option } from "commander";
import { InvalidInputError } from "../planning/problem";
import type { Answer, Command } from "./command";
import { commands, type CommandEntry, type CommandGroup } from "./commands";
import { exitCode } from "./exitCode";
import { helpLayout, helpText } from "./helpLayout";
import type { Io } from "./io";
import { jsonText } from "./jsonText";
import { flagName, readFlags, type GivenFlags, type ReadFlags } from "./readFlags";
import { reportFailure, reportInterruption, reportProblems } from "./report";
import { UsageError } from "./usageError";
import { visibleIo } from "./visibleIo";
import { terminalColumns } from "./wrapped";

// By the package's own name, which is found from the sources and from dist alike.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { version } = require("eks-pod-network/package.json") as { version: string };

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
    else for await (const event of answer.events) writeEvent(event, asJson, io);
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

function isJsonAsked(argv: readonly string[]): boolean {
  return (
    argv.includes("--json") ||
    argv.some(
      (argument, index) =>
        argument === "--format=json" || (argument === "--format" && argv[index + 1] === "json"),
    )
  );
}

/** What a command line is about, as far as its words tell. */
interface CommandLine {
  /** As messages name it: `podnet sandbox up`. */
  readonly caller: string;
  readonly group: CommandGroup | undefined;
  readonly entry: CommandEntry | undefined;
}

function whatIsAsked(argv: readonly string[]): CommandLine {
  const [first, second] = argv.filter(isWord);
  const found = commands.find(({ name }) => name === first);
  const group = found !== undefined && "commands" in found ? found : undefined;
  const entry =
    found !== undefined && "load" in found ? found : group?.commands.find(({ name }) => name === second);
  const names = [group, entry].flatMap((part) => (part === undefined ? [] : [part.name]));
  return { caller: ["podnet", ...names].join(" "), group, entry };
}

function isWord(argument: string): boolean {
  return !argument.startsWith("-");
}

/** The answer of the command that was asked for; none when help or the version was, which is written by then. */
async function answerTo(
  argv: readonly string[],
  asked: CommandLine,
  asJson: boolean,
  io: Io,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const program = new Commander("podnet")
    .description("Move the pods of an EKS cluster to a secondary VPC range.")
    .version(version)
    .helpCommand(false)
    .addHelpText(
      "after",
      helpText(
        "Examples:\n  podnet max-pods m5.large --custom-networking\n  podnet check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16\n\nEach command has a --help of its own, with examples.",
      ),
    );
  // Errors are thrown here and written in one place.
  program
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: () => undefined,
      getOutHelpWidth: () => terminalColumns(),
    })
    .configureHelp(helpLayout);
  const add = (parent: Commander, entry: CommandEntry) => {
    const sub = parent.command(entry.name).description(entry.summary);
    if (entry !== asked.entry) return;
    const command = entry.load();
    configure(sub, command);
    sub.action(async () => {
      const given = readFlags(command, sub.opts<GivenFlags>(), sub.args, io);
      answer = await runCommand(command, given, asJson, io);
    });
  };
  for (const part of commands) {
    if ("load" in part) {
      add(program, part);
      continue;
    }
    const group = program.command(part.name).description(part.summary).usage("<command>").helpCommand(false);
    group.addHelpText("after", helpText(part.help));
    for (const entry of part.commands) add(group, entry);
  }
  // The name alone asks what there is.
  const isName = argv.length === (asked.group === undefined ? 0 : 1);
  try {
    await program.parseAsync(isName ? [...argv, "--help"] : argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageErrorOf(error, asked);
  }
  return answer;
}

function configure(sub: Commander, command: Command): void {
  const { positional, flags, flagsFile, help } = command;
  // Whether something is missing is told by readFlags, together with everything else.
  if (positional) {
    const name = `${positional.name}${positional.many ? "..." : ""}`;
    const shown = positional.optional === true ? `[${name}]` : name;
    sub.argument(`[${name}]`, positional.help).usage(`${shown} [options]`);
  }
  for (const [key, flag] of Object.entries(flags)) {
    const letter = flag.short === undefined ? "" : `-${flag.short},`;
    const syntax = [letter, flagName(key), flag.placeholder].filter((part) => part !== "").join(" ");
    const option = new Option(syntax, flag.required ? `${flag.help} (required)` : flag.help);
    sub.addOption(flag.preset === undefined ? option : option.preset(flag.preset));
  }
  if (flagsFile === true) {
    const argument = positional ? `, ${positional.key} for ${positional.name}` : "";
    sub.option(
      "-f, --file <file>",
      `take flags from a YAML or JSON file, - for standard input; keys are their names in camelCase${argument}`,
    );
  }
  sub.option("--json", "print one JSON document");
  sub.addHelpText("after", helpText(help));
}

/** Runs a command; problems of planning's come out under the names of flags. */
async function runCommand(
  command: Command,
  { args, values }: ReadFlags,
  asJson: boolean,
  io: Io,
): Promise<Answer> {
  try {
    return await command.run(args, values, io, { asJson });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const rename = (path: string) => {
      const renamed = command.flagOf?.(path) ?? path;
      const key = /^[A-Za-z0-9]+/.exec(renamed)?.[0] ?? "";
      return Object.hasOwn(command.flags, key) ? flagName(key) + renamed.slice(key.length) : renamed;
    };
    throw new UsageError(error.problems.map((problem) => ({ ...problem, path: rename(problem.path) })));
  }
}

function usageErrorOf(error: CommanderError, { caller }: CommandLine): UsageError {
  const [said = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const help = `${caller} --help lists what there is.`;
  const fix = suggestion === undefined ? help : `${suggestion.replace(/^\(|\)$/g, "")} ${help}`;
  const isExcess = error.code === "commander.excessArguments";
  const path = isExcess ? "(arguments)" : (/'([^']*)'/.exec(said)?.[1] ?? "(command line)");
  return new UsageError([{ path, reason: `${said.replace(/\.$/, "")}.`, fix }]);
}

function writeEvent({ json, text }: Pick<Answer, "json" | "text">, asJson: boolean, io: Io): void {
  io.stdout(`${asJson ? jsonText(json) : text}\n`);
}

function write(answer: Answer, asJson: boolean, io: Io): void {
  if (asJson) {
    io.stdout(`${jsonText(answer.json, 2)}\n`);
    return;
  }
  if (answer.text !== "") io.stdout(`${answer.text.replace(/\n$/, "")}\n`);
  for (const note of answer.notes ?? []) io.stderr(`note: ${note}\n`);
}
