import { readFileSync } from "node:fs";
import { environmentOrderProblems } from "../planning/environmentOrder";
import { isObject } from "../planning/isObject";
import { likelyName } from "../planning/nearestNames";
import { inOrderOfLines, readPositionedYaml, type PositionedProblem } from "../planning/positionedYaml";
import { CHECKS } from "../planning/preflight/checks";
import { InvalidInputError, shown, type Problem } from "../planning/problem";
import { readBySchema } from "../planning/schemaProblems";
import { rotationSettingsProblems, type GivenRotationSettings } from "../planning/rotation/settings";
import { environmentsFile, type EnvironmentEntry } from "./environmentsSchema";

/** A cluster that is migrated, as the file of environments describes it. */
export interface Environment {
  readonly name: string;
  /** Its Pulumi stack, configured in Pulumi.STACK.yaml. */
  readonly stack: string;
  readonly region: string;
  /** AWS profile. @default the ambient credentials (AWS_*) */
  readonly profile?: string | undefined;
  /** Path of a kubeconfig, against the working directory. @default the ambient one (KUBECONFIG) */
  readonly kubeconfig?: string | undefined;
  /** @default the kubeconfig's current context */
  readonly kubeContext?: string | undefined;
  /** How old nodes are replaced; what is left out takes its default. */
  readonly rotation: GivenRotationSettings;
  /** The account that the credentials must be of: 12 digits. @default any */
  readonly account?: string | undefined;
  /** The EKS cluster. @default what the stack's configuration says */
  readonly cluster?: string | undefined;
  /** Where Pulumi keeps the stack: `s3://…`, `file://…`, `https://…`. @default the ambient one (PULUMI_BACKEND_URL) */
  readonly backend?: string | undefined;
  /** Names of the environments that must be done before it. @default none */
  readonly after?: readonly string[] | undefined;
  /** Whether a person says yes before it is changed in a run of many. @default false */
  readonly needsApproval?: boolean | undefined;
  /** Findings of preflight that somebody has accepted. @default none */
  readonly accepted?: readonly AcceptedFinding[] | undefined;
  /** Places that pods must reach tomorrow as well, as `host:port`. @default none */
  readonly mustReach?: readonly string[] | undefined;
}

/** A kind of finding that somebody has accepted for an environment. */
export interface AcceptedFinding {
  /** Such as `SNAT-EXTERNAL`. */
  readonly id: string;
  /** Why, in that person's words. */
  readonly reason?: string | undefined;
  /** Where it is written: `stacks/environments.yaml:42`. */
  readonly where: string;
}

/** A file that can't be used, with everything that is wrong with it. */
export class InvalidFileError extends InvalidInputError {
  override readonly problems: readonly (PositionedProblem & { readonly file: string })[];

  constructor(
    readonly file: string,
    problems: readonly PositionedProblem[],
  ) {
    const inFile = problems.map((problem) => ({ ...problem, file }));
    super(inFile);
    this.problems = inFile;
  }
}

/**
 * Reads the file of environments.
 *
 * @param readFile reads a file whole, as node:fs does.
 * @param otherwise what else may be done where there is no such file, a sentence. @default nothing
 * @throws InvalidFileError with all problems at once, in the order of its lines.
 */
export function readEnvironments(
  path: string,
  readFile: (path: string) => string = (from) => readFileSync(from, "utf8"),
  otherwise?: string,
): Environment[] {
  const yaml = readPositionedYaml(contentOf(path, readFile, otherwise));
  if ("problems" in yaml) throw new InvalidFileError(path, yaml.problems);
  const reading = readBySchema(environmentsFile, yaml.value);
  const problems = [
    ...("problems" in reading ? reading.problems : []),
    ...crossProblems(comparableEntries(yaml.value)),
    ...rotationProblems(yaml.value),
  ];
  if (problems.length > 0 || "problems" in reading) {
    throw new InvalidFileError(path, inOrderOfLines(problems, yaml));
  }
  return reading.value.environments.map((entry, index) =>
    environmentOf(entry, (key) => placeOf(path, yaml.positionOf(`environments[${index}].${key}`))),
  );
}

/** What an entry says, under the names and with the defaults of `Environment`; what it leaves out is left out. */
function environmentOf(
  { rotation = {}, approval, accept, ...given }: EnvironmentEntry,
  where: (key: string) => string,
): Environment {
  return {
    ...given,
    stack: given.stack ?? given.name,
    rotation: rotation as GivenRotationSettings,
    ...(approval !== undefined && { needsApproval: true }),
    ...(accept !== undefined && {
      accepted: accept.map((one, index) => ({
        ...(typeof one === "string" ? { id: one } : one),
        where: where(`accept[${index}]`),
      })),
    }),
  };
}

/** `stacks/environments.yaml:42`, as editors and terminals take it. */
function placeOf(path: string, position: string | undefined): string {
  return position === undefined ? path : `${path}:${position.split(":")[0] ?? ""}`;
}

/**
 * One environment of a file.
 *
 * @throws InvalidInputError when there is none of that name.
 */
export function environmentNamed(name: string, environments: readonly Environment[]): Environment {
  const found = environments.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = environments.map((one) => one.name);
  const meant = likelyName(name, names);
  throw new InvalidInputError([
    {
      path: "environment",
      reason: `there is no environment ${shown(name)}.`,
      fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}The file has ${names.join(", ")}.`,
    },
  ]);
}

function contentOf(path: string, readFile: (path: string) => string, otherwise?: string): string {
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const isMissing = code === "ENOENT";
    const reason = isMissing ? "there is no such file." : `it can't be read (${code}).`;
    const ways = ["Give the path of the file of environments.", ...(isMissing ? [otherwise] : [])];
    const fix = ways.filter((way) => way !== undefined).join(" ");
    throw new InvalidFileError(path, [{ path: "(the file)", reason, fix }]);
  }
}

/** What of an entry is held against others, or against what preflight knows. */
type ComparableEntry = Pick<EnvironmentEntry, "name" | "stack" | "after"> & {
  /** Ids of findings. */
  readonly accept: readonly string[];
};

/** As much of the entries as has the right form, which is the schema's to judge: so that all problems come out at once. */
function comparableEntries(document: unknown): ComparableEntry[] {
  return listOf(document).map((entry, index) => {
    const { name, stack, after, accept } = isObject(entry) ? entry : {};
    const ids = Array.isArray(accept) ? accept.map((one: unknown) => (isObject(one) ? one.id : one)) : [];
    return {
      // Without a name it is nobody's twin.
      name: typeof name === "string" ? name : `environments[${index}]`,
      ...(typeof stack === "string" && { stack }),
      ...(Array.isArray(after) && after.every(isText) && { after }),
      accept: ids.every(isText) ? ids : [],
    };
  });
}

function listOf(document: unknown): readonly unknown[] {
  return isObject(document) && Array.isArray(document.environments) ? document.environments : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Problems that show only where entries are held against each other, or against what preflight knows. */
function crossProblems(environments: readonly ComparableEntry[]): Problem[] {
  return [
    ...duplicates(environments),
    ...environmentOrderProblems("environments", environments),
    ...unknownFindings(environments),
  ];
}

function unknownFindings(environments: readonly ComparableEntry[]): Problem[] {
  const ids = CHECKS.map(({ id }) => id);
  return environments.flatMap(({ accept }, index) =>
    accept.flatMap((id, place): Problem[] => {
      if (ids.includes(id)) return [];
      const meant = likelyName(id, ids);
      return [
        {
          path: `environments[${index}].accept[${place}]`,
          reason: `preflight has no finding ${shown(id)}.`,
          fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${ids.join(", ")}.`,
        },
      ];
    }),
  );
}

function duplicates(environments: readonly ComparableEntry[]) {
  const stacks = environments.map(({ name, stack = name }) => stack);
  return environments.flatMap(({ name, stack }, index): Problem[] => {
    const sameName = environments.findIndex((other) => other.name === name);
    const sameStack = stacks.indexOf(stack ?? name);
    const path = `environments[${index}]`;
    if (sameName < index) {
      const reason = `${shown(name)} is the name of environments[${sameName}] too.`;
      return [{ path: `${path}.name`, reason, fix: "Give each environment a name of its own." }];
    }
    if (sameStack < index) {
      const reason = `${shown(stack ?? name)} is the stack of environments[${sameStack}] too.`;
      const where = stack === undefined ? "name" : "stack";
      return [{ path: `${path}.${where}`, reason, fix: "Give each environment a stack of its own." }];
    }
    return [];
  });
}

/** Problems of rotation settings, as far as the document has such; its form is the schema's to judge. */
function rotationProblems(document: unknown): Problem[] {
  return listOf(document).flatMap((entry, index) => {
    const rotation = isObject(entry) ? entry.rotation : undefined;
    if (!isObject(rotation)) return [];
    // What has not even the right form is told by the schema.
    const { maxUnavailable, surge, healthGate } = rotation as GivenRotationSettings;
    return rotationSettingsProblems(`environments[${index}].rotation`, {
      maxUnavailable,
      surge,
      podTimeoutSeconds: numberOnly(rotation.podTimeoutSeconds),
      nodeTimeoutSeconds: numberOnly(rotation.nodeTimeoutSeconds),
      gracePeriodSeconds: numberOnly(rotation.gracePeriodSeconds),
      podSelector: textOnly(rotation.podSelector),
      healthGate: isObject(healthGate) ? healthGate : undefined,
    });
  });
}

function textOnly(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOnly(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
