import { join } from "node:path";
import { environmentNamed, readEnvironments, type Environment } from "../automation/environments";
import { InvalidInputError, type Problem } from "../planning/problem";
import { quotedForSh } from "../planning/shellWord";
import type { Positional } from "./command";
import { text } from "./flag";
import type { Io } from "./io";
import { UsageError } from "./usageError";

/** The environment that a command is about. */
export const environmentPositional: Positional = {
  name: "ENVIRONMENT",
  key: "environment",
  help: "one of the file of environments, such as prod",
  many: false,
};

/** Problems with it come out under its name in help. */
export function environmentFlagOf(path: string): string {
  return path.replace(/^environment$/, environmentPositional.name);
}

/** Where environments and their program are. */
export const environmentFlags = {
  file: text("<path>", "the file of environments; stacks/environments.yaml of the working folder by default"),
  workDir: text("<path>", "the working folder, which Pulumi.yaml is in; the current one by default"),
};

/** Where the file of environments is, as flags say. */
interface EnvironmentPlace {
  readonly file?: string | undefined;
  readonly workDir?: string | undefined;
}

/**
 * All environments of the file, in its order.
 *
 * @param name the one that is looked for, with which a file that is not there could begin. @default NAME
 * @throws InvalidInputError when it can't be used.
 */
export function allEnvironments(
  place: EnvironmentPlace,
  io: Pick<Io, "readFile">,
  name = "NAME",
): Environment[] {
  const { file, workDir = "." } = place;
  const path = file ?? join(workDir, "stacks", "environments.yaml");
  return readEnvironments(path, io.readFile, `Or have it written: ${initCommand(name, place)}`);
}

/** `podnet init` of an environment, in its place. */
function initCommand(name: string, { file, workDir }: EnvironmentPlace): string {
  return [
    `podnet init --cluster CLUSTER --region REGION --name ${quotedForSh(name)}`,
    ...(file === undefined ? [] : [`--file ${quotedForSh(file)}`]),
    ...(workDir === undefined || workDir === "." ? [] : [`--work-dir ${quotedForSh(workDir)}`]),
  ].join(" ");
}

/**
 * The environment that was asked for, and the folder that it is in.
 *
 * @throws InvalidInputError when there is none of that name, or the file can't be used.
 */
export function environmentOf(
  name: string,
  place: EnvironmentPlace,
  io: Pick<Io, "readFile">,
): { readonly environment: Environment; readonly workDir: string } {
  return {
    environment: environmentNamed(name, allEnvironments(place, io, name)),
    workDir: place.workDir ?? ".",
  };
}

/**
 * The environments that were asked for, by their names or all of them, each once and in the order of the file.
 *
 * @throws UsageError when none was asked for; InvalidInputError with all names that there are not.
 */
export function environmentsOf(
  names: readonly string[],
  { all = false, ...place }: EnvironmentPlace & { readonly all?: boolean | undefined },
  io: Pick<Io, "readFile">,
): Environment[] {
  const { name: path, help } = environmentPositional;
  if (!all && names.length === 0) {
    throw new UsageError([{ path, reason: "is missing.", fix: `Give ${help}, or --all.` }]);
  }
  if (all && names.length > 0) {
    const reason = `${names.join(", ")} and --all can't both be given.`;
    throw new UsageError([{ path, reason, fix: "Give names, or --all." }]);
  }
  const environments = allEnvironments(place, io, names[0]);
  if (all) return environments;
  const problems = unknownNames(names, environments);
  if (problems.length > 0) throw new InvalidInputError(problems);
  return environments.filter(({ name }) => names.includes(name));
}

/** A problem for each name that no environment has. */
export function unknownNames(names: readonly string[], environments: readonly Environment[]): Problem[] {
  return names.flatMap((name) => {
    try {
      environmentNamed(name, environments);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return error.problems;
    }
  });
}
