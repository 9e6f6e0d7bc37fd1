import { Command as Commander, CommanderError, Option } from "commander";
import { InvalidInputError } from "../planning/problem";
import type { Answer, Command } from "./command";
import type { CommandLine } from "./commandLine";
import { commands, type CommandEntry } from "./commands";
import { helpLayout, helpText } from "./helpLayout";
import type { Io } from "./io";
import { flagName, readFlags, type GivenFlags, type ReadFlags } from "./readFlags";
import { UsageError } from "./usageError";
import { terminalColumns } from "./wrapped";

// By the package's own name, which is found from the sources and from dist alike.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { version } = require("eks-pod-network/package.json") as { version: string };

/**
 * The answer of the command that was asked for; none when help or the version was, which is written by then.
 *
 * @throws UsageError for what the command line is not; what the command throws.
 */
export async function answerTo(
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
