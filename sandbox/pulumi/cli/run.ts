import type { Outside } from "./command";
import { commands } from "./commands";
import { CliError, EXIT_CODE } from "./exitCode";
import { readFlags, UsageError } from "./flags";

/**
 * Runs a command of the stand-in.
 *
 * @param argv what is behind the program's name.
 * @returns the exit code; everything is written by then.
 */
export async function run(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    if (argv.length === 0 || ["help", "--help", "-h"].includes(argv[0] ?? "")) {
      outside.stdout(help());
      return 0;
    }
    if (argv[0] === "--version") return await run(["version"], outside);
    const words = wordsOf(argv);
    const load = commands[words.join(" ")];
    if (load === undefined)
      throw new UsageError(
        `the stand-in for Pulumi has no command 'pulumi ${words.join(" ")}'; use the real Pulumi for it`,
      );
    const command = load();
    const name = `pulumi ${words.join(" ")}`;
    const given = readFlags(withoutWords(argv, words.length), command.flags, name);
    if (given.has("help")) {
      const flags = Object.entries(command.flags).filter(([, { kind }]) => !kind.startsWith("refused"));
      outside.stdout(
        `${command.summary}\n\nUsage:\n  ${name} [flags]\n\nFlags:\n${flags.map(([flag]) => `  --${flag}\n`).join("")}`,
      );
      return 0;
    }
    return await command.run(given, outside);
  } catch (error) {
    outside.stderr(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof CliError ? error.exitCode : EXIT_CODE.failed;
  }
}

function help(): string {
  const lines = Object.entries(commands).map(([name, load]) => `  ${name.padEnd(16)} ${load().summary}\n`);
  return `A stand-in for Pulumi, to try and to test on this computer alone.\n\nCommands:\n${lines.join("")}`;
}

/** The words of the longest command that a command line begins with; all its words when there is none. */
function wordsOf(argv: readonly string[]): string[] {
  const words = argv.slice(0, argv.findIndex((word) => word.startsWith("-")) >>> 0);
  for (let count = Math.min(3, words.length); count > 0; count--) {
    const candidate = words.slice(0, count);
    if (Object.hasOwn(commands, candidate.join(" ")) && !isGroupOnly(words, count)) return candidate;
  }
  return words.slice(0, 2);
}

/** Whether a word that belongs to a group was meant as one of its commands: `config env` is not `config`. */
function isGroupOnly(words: readonly string[], count: number): boolean {
  return count < words.length && ["config", "stack"].includes(words.slice(0, count).join(" "));
}

function withoutWords(argv: readonly string[], count: number): string[] {
  return argv.slice(count);
}
