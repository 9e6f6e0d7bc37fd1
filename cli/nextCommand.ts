import { quotedForSh } from "../planning/shellWord";
import { argumentsOf } from "./overEnvironments";

/** Flags that say where an environment is, and by which pulumi it is worked on: each further command needs them again. */
export interface CommandPlace {
  readonly file?: string | undefined;
  readonly workDir?: string | undefined;
  readonly pulumiRoot?: string | undefined;
}

/**
 * A command about an environment, as it can be pasted into a shell.
 *
 * @param command as people type it: `rotate`.
 * @param name the environment.
 * @param flags by their keys; those that are not given are left out.
 */
export function nextCommand(command: string, name: string, flags: Readonly<Record<string, unknown>>): string {
  return ["podnet", command, name, ...argumentsOf(flags).map(quotedForSh)].join(" ");
}

/** A command of podnet, and the word behind it. */
const COMMAND =
  /\bpodnet (preflight|preview|up|rotate|verify|status|drift|report|explain|rollback|migrate) ([\w-]+(?:\.[\w-]+)*)/g;

/**
 * A text with the flags of this process behind each command about an environment, so that it finds the same one when it is
 * pasted. Words of the text that are of another environment, or of none, stay.
 *
 * @param name the environment.
 * @param place flags of this process, of which only these are taken over.
 */
export function withPlace(text: string, name: string, place: CommandPlace): string {
  return text.replaceAll(COMMAND, (whole, command: string, word: string) =>
    word === name ? nextCommand(command, name, placeOf(command, place)) : whole,
  );
}

/** Flags of a place that a command has: preflight does without pulumi. */
function placeOf(
  command: string,
  { file, workDir, pulumiRoot }: CommandPlace,
): Readonly<Record<string, unknown>> {
  return { file, workDir, ...(command !== "preflight" && { pulumiRoot }) };
}
