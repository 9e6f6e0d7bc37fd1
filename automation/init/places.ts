import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { InvalidInputError, throwIfAny, type Problem } from "../../planning/problem";
import { readBySchema } from "../../planning/schemaProblems";
import { readEnvironments } from "../environments";
import { environmentName } from "../environmentsSchema";
import { withEnvironment } from "./environmentEntry";
import { isFolder, isThere, textOf } from "./presentFiles";
import { projectFiles, type ProjectFiles } from "./projectFiles";

/** As much of a new environment as its files are named by. */
export interface PlacesRequest {
  /** Of the environment and of its stack. */
  readonly name: string;
  readonly clusterName: string;
  readonly region: string;
  /** The folder of Pulumi.yaml, or the one that is to be it. */
  readonly workDir: string;
  /** The file of environments. @default stacks/environments.yaml of the working folder */
  readonly file?: string | undefined;
}

/** Where the files of a new environment go. */
export interface Places {
  readonly project: ProjectFiles;
  readonly stackFile: string;
  readonly environmentsFile: string;
}

/**
 * Where the files of a new environment go, once it is sure that they can be written there. Writes nothing.
 *
 * @throws InvalidInputError with everything that is in the way.
 */
export function placesOf(request: PlacesRequest): Places {
  const { name, workDir, file: environmentsFile = join(workDir, "stacks", "environments.yaml") } = request;
  const problems: Problem[] = [...nameProblems(name)];
  const isName = problems.length === 0;
  const project = tried(problems, () => projectFiles(workDir));
  if (isThere(environmentsFile)) {
    tried(problems, () => {
      checkEnvironments(environmentsFile, request);
    });
  }
  // Which folder is its stacks', and which files are missing, only a project says that can be used.
  if (project === undefined) throw new InvalidInputError([...problems, ...unwritable(environmentsFile)]);
  const configFolder = join(workDir, project.configFolder);
  const stackFile = join(configFolder, `Pulumi.${name}.yaml`);
  problems.push(
    ...(isName ? stackProblems(stackFile) : []),
    ...unwritable(environmentsFile, configFolder, ...(project.project === undefined ? [] : [workDir])),
  );
  throwIfAny(problems);
  return { project, stackFile, environmentsFile };
}

/** What comes of it; nothing, where it is refused, whose problems are noted. */
function tried<T>(problems: Problem[], act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function nameProblems(name: string): readonly Problem[] {
  const reading = readBySchema(z.strictObject({ name: environmentName }), { name });
  return "problems" in reading ? reading.problems : [];
}

/** @throws InvalidInputError when the file can't be used, has such an environment, or can take no other. */
function checkEnvironments(file: string, { name, region, clusterName }: PlacesRequest): void {
  if (readEnvironments(file).some((one) => one.name === name)) {
    const reason = `${file} has an environment ${name} already.`;
    const fix = "Give another name; or remove the entry, if it is to be proposed anew.";
    throw new InvalidInputError([{ path: "name", reason, fix }]);
  }
  withEnvironment(textOf(file) ?? "", {
    name,
    region,
    cluster: clusterName,
    rotation: { maxUnavailable: 1 },
  });
}

function stackProblems(stackFile: string): Problem[] {
  if (!isThere(stackFile)) return [];
  const reason = `${stackFile} is there already.`;
  const fix = "Give another name; or remove the file, if it is to be proposed anew.";
  return [{ path: "name", reason, fix }];
}

/** A problem for each place where folders can't be made, or no file written. */
function unwritable(environmentsFile: string, ...folders: readonly string[]): Problem[] {
  const places = new Set([dirname(environmentsFile), ...folders].map(nearest));
  return [
    ...[...places].flatMap((place): Problem[] => {
      if (!isFolder(place)) {
        const fix = "Move it away, or give another folder.";
        return [{ path: place, reason: "is no folder, and files are to be written there.", fix }];
      }
      return isAllowed(place, constants.W_OK | constants.X_OK) ? [] : [notAllowed(place)];
    }),
    ...(isThere(environmentsFile) && !isAllowed(environmentsFile, constants.W_OK)
      ? [notAllowed(environmentsFile)]
      : []),
  ];
}

/** A path, or what there is of it: the next one above it that is there. */
function nearest(path: string): string {
  const above = dirname(path);
  return isThere(path) || above === path ? path : nearest(above);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function notAllowed(path: string): Problem {
  const fix = "Have the user that runs this be allowed to, or give another folder.";
  return { path, reason: "must not be written by this user.", fix };
}
