import { commands, type CommandEntry, type CommandGroup } from "./commands";

/** Whether the answer is to be JSON: by --json, or by --format json of the commands that have it. */
export function isJsonAsked(argv: readonly string[]): boolean {
  return (
    argv.includes("--json") ||
    argv.some(
      (argument, index) =>
        argument === "--format=json" || (argument === "--format" && argv[index + 1] === "json"),
    )
  );
}

/** What a command line is about, as far as its words tell. */
export interface CommandLine {
  /** As messages name it: `podnet sandbox up`. */
  readonly caller: string;
  readonly group: CommandGroup | undefined;
  readonly entry: CommandEntry | undefined;
}

/**
 * Which command a command line asks for.
 *
 * @param argv the arguments behind the program's name.
 */
export function whatIsAsked(argv: readonly string[]): CommandLine {
  const [first, second] = argv.filter(isWord);
  const found = commands.find(({ name }) => name === first);
  const group = found !== undefined && "commands" in found ? found : undefined;
  const entry =
    found !== undefined && "load" in found ? found : group?.commands.find(({ name }) => name === second);
  const names = [group, entry].flatMap((part) => (part === undefined ? [] : [part.name]));
  return { caller: ["podnet", ...names].join(" "), group, entry };
}

/** Whether an argument is no flag. */
export function isWord(argument: string): boolean {
  return !argument.startsWith("-");
}
