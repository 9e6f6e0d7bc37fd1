import type { FlagSet, FlagValues } from "./flag";
import type { Io } from "./io";

/** What a command answers. */
export interface Answer {
  /** For `--json`: one document. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
  /**
   * What comes in place of both while it happens, until it ends by itself or by Ctrl-C: a line each, which is a JSON
   * document with `--json`. @default the answer is there at once
   */
  readonly events?: AsyncIterable<Pick<Answer, "json" | "text">>;
  /** What people should know besides; printed on stderr. A command puts them into its `json` itself. */
  readonly notes?: readonly string[];
  /** Whether the answer is no: exit code 1. @default false */
  readonly isNo?: boolean;
  /** The exit code, where an answer is made of several. @default by isNo */
  readonly exitCode?: number;
}

/** How a command was asked, besides its own arguments and flags. */
export interface Asked {
  /** Whether its answer is printed as JSON; it is not where nobody says. */
  readonly asJson: boolean;
}

/** The arguments without a flag that a command takes. */
export interface Positional {
  /** As help texts name it: `TYPE`. */
  readonly name: string;
  /** As a file of flags names it. */
  readonly key: string;
  readonly help: string;
  readonly many: boolean;
  /** Whether the command does without. @default false */
  readonly optional?: boolean;
}

/** One command of podnet, in a file of its own. */
export interface Command<F extends FlagSet = FlagSet> {
  readonly positional?: Positional;
  readonly flags: F;
  /** What help prints below the flags: examples first. */
  readonly help: string;
  /** Whether flags may come as a file as well, by `--file`. @default false */
  readonly flagsFile?: boolean;
  /** The flag of an input of planning, where it is called otherwise: `vpc.cidrBlocks[1]` is `vpcCidr[1]`. */
  readonly flagOf?: (path: string) => string;
  /**
   * Does it.
   *
   * @throws InvalidInputError or UsageError for what it was given; anything else is a failure of the outside.
   */
  run(args: readonly string[], flags: FlagValues<F>, io: Io, asked?: Asked): Answer | Promise<Answer>;
}

/** A command, with the types of its flags known to its `run`. */
export function command<F extends FlagSet>(definition: Command<F>): Command<F> {
  return definition;
}
