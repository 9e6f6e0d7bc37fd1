import { availableParallelism } from "node:os";
import type { Environment } from "../automation/environments";
import type { Answer, Command } from "./command";
import { documentOf, eachEnvironment, exitCodeOf, type EnvironmentRun } from "./eachEnvironment";
import type { environmentFlags } from "./environmentCommand";
import { environmentFlagOf, environmentPositional, environmentsOf, unknownNames } from "./environmentCommand";
import { throwIfAny } from "../planning/problem";
import { quotedForSh } from "../planning/shellWord";
import { texts, wholeNumber, yes, type FlagSet, type FlagValues } from "./flag";
import { flagName } from "./readFlags";

/** Flags of a command that may be about many environments. */
export const manyFlags = {
  all: yes("all environments of the file"),
  concurrency: wholeNumber(
    "how many environments at once; 1 where they are changed, else up to 4 by default",
    1,
    8,
  ),
};

/** Those of one that changes them. */
const changeFlags = {
  ...manyFlags,
  approve: texts(
    "<environment...>",
    "environments that need approval and have it; one that is named alone needs none",
  ),
};

type ManyFlagValues = FlagValues<typeof changeFlags>;

/** How many environments at once where nobody says: one by one where they are changed. */
export function concurrencyOf(
  { concurrency }: Pick<ManyFlagValues, "concurrency">,
  isChange: boolean,
): number {
  return concurrency ?? (isChange ? 1 : Math.min(4, availableParallelism()));
}

/** A command about one environment that has `environmentFlags`. */
type OneEnvironmentCommand = Command<typeof environmentFlags & FlagSet>;

/**
 * Makes a command about one environment one about many: several names, or `--all`. One name is done as before;
 * several are done in a process each, and their answers are printed one below the other.
 *
 * @param name of the command: `verify`.
 * @param changes whether it changes what it is about, with these flags. @default never
 */
export function overEnvironments(
  name: string,
  one: OneEnvironmentCommand,
  changes?: (flags: Readonly<Record<string, unknown>>) => boolean,
): Command {
  return {
    ...one,
    positional: { ...environmentPositional, many: true, optional: true },
    flags: { ...one.flags, ...(changes === undefined ? manyFlags : changeFlags) },
    flagOf: (path) => environmentFlagOf(one.flagOf?.(path) ?? path),
    async run(names, flags, io, asked): Promise<Answer> {
      const { all, concurrency, approve: approved = [], ...own } = flags as ManyFlagValues & typeof flags;
      const isMany = all === true || names.length > 1;
      // Also one that does without an environment, and says itself what it wants instead.
      if (!isMany && (names.length === 1 || one.positional?.optional === true)) {
        return one.run(names, own, io, asked);
      }
      const place = flags as FlagValues<typeof environmentFlags>;
      const environments = environmentsOf(names, { ...place, all }, io);
      throwIfAny(unknownNames(approved, environments).map((problem) => ({ ...problem, path: "approve" })));
      const isChange = changes?.(own) ?? false;
      const args = argumentsOf(own);
      const runs = await eachEnvironment(
        {
          command: name,
          args: asked?.asJson === true ? [...args, "--json"] : args,
          environments,
          isChange,
          approved,
          concurrency: concurrencyOf({ concurrency }, isChange),
        },
        io,
      );
      const next = isChange ? commandThatContinues(name, args, environments, approved, runs) : undefined;
      return {
        json: { environments: runs.map(asDocument), ...(next !== undefined && { next }) },
        text: describeRuns(runs, next),
        exitCode: exitCodeOf(runs),
      };
    },
  };
}

/** Flags as they are written on a command line, for a process that is to have the same. */
export function argumentsOf(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(flags).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (value === true) return [flagName(key)];
    const values = Array.isArray(value) ? value : [value];
    // With the value behind =, it may begin with a hyphen.
    return values.map((item) => `${flagName(key)}=${String(item)}`);
  });
}

function asDocument(run: EnvironmentRun): unknown {
  if (run.outcome === "notBegun") return run;
  const { environment, outcome, exitCode } = run;
  return { environment, outcome, exitCode, document: documentOf(run) };
}

function describeRuns(runs: readonly EnvironmentRun[], next: string | undefined): string {
  const answers = runs.flatMap((run) =>
    run.outcome === "notBegun" || run.stdout === "" ? [] : [run.stdout.trimEnd()],
  );
  const unfinished = runs.flatMap((run) => {
    if (run.outcome === "done" || run.outcome === "no") return [];
    return [`${run.environment}: ${whyUnfinished(run)}`];
  });
  return [
    ...answers,
    ...(unfinished.length === 0 ? [] : [unfinished.join("\n")]),
    ...(next === undefined ? [] : [`Next: ${next}`]),
  ].join("\n\n");
}

function whyUnfinished(run: EnvironmentRun): string {
  if (run.outcome !== "notBegun") {
    return run.outcome === "interrupted" ? "interrupted" : `failed (exit code ${run.exitCode})`;
  }
  const { environment, because, of } = run;
  if (because === "interruption") return "not begun, interrupted before";
  if (because === "failure") return `not begun, for it comes after ${of}`;
  return environment === of
    ? "not begun, it needs approval"
    : `not begun, for it comes after ${of}, which needs approval`;
}

/** What a person runs once what failed is put right, or approved; none where nothing is left. */
function commandThatContinues(
  command: string,
  args: readonly string[],
  environments: readonly Environment[],
  approved: readonly string[],
  runs: readonly EnvironmentRun[],
): string | undefined {
  const left = runs.flatMap(({ environment, outcome }) => (outcome === "done" ? [] : [environment]));
  if (left.length === 0) return undefined;
  // Nobody is led to approve what may not work yet: only where approval is all that is missing.
  const isApprovalAll = runs.every((run) =>
    run.outcome === "notBegun" ? run.because === "approval" : run.outcome === "done",
  );
  const approve = environments.flatMap(({ name, needsApproval = false }) =>
    left.includes(name) && needsApproval && (isApprovalAll || approved.includes(name)) ? [name] : [],
  );
  const isYesItself = left.length === 1;
  return [
    "podnet",
    command,
    ...left,
    ...args.map(quotedForSh),
    ...(approve.length === 0 || isYesItself ? [] : ["--approve", ...approve]),
  ].join(" ");
}
