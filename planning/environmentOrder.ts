import { likelyName } from "./nearestNames";
import { shown, type Problem } from "./problem";

/** An environment, as far as its place in a run of many goes. */
export interface OrderedEnvironment {
  readonly name: string;
  /** Names of those that must be done before it. @default none */
  readonly after?: readonly string[] | undefined;
  /** Whether a person says yes before it is changed. @default false */
  readonly needsApproval?: boolean | undefined;
}

/** How far an environment is in a run of many. */
export type EnvironmentProgress = "running" | "done" | "failed";

/** What is to be done next in a run of many. */
export interface NextEnvironments {
  /** Names that may start now, in the order of the file. */
  readonly start: readonly string[];
  /** Those that will not be done in this run, and why, in one line. */
  readonly held: readonly HeldEnvironment[];
}

/** An environment that is not done in a run of many. */
export interface HeldEnvironment {
  readonly name: string;
  /** Whether a person has to say yes, to it or to one before it; otherwise one before it failed. */
  readonly kind: "approval" | "failure";
  /** The environment that it is for: itself, or the one before it. */
  readonly because: string;
}

/**
 * Says which environments of a run may start now.
 *
 * One that failed stops those that come after it, and no others; so does one that nobody has approved. Environments
 * that are not in the run hold nobody up: who leaves them out says that they are done.
 *
 * @param environments those of the run, in the order of the file.
 * @param progress of those that have begun.
 * @param approved names of those to which somebody has said yes.
 * @param concurrency how many may run at once, from 1 up.
 */
export function nextEnvironments(
  environments: readonly OrderedEnvironment[],
  progress: ReadonlyMap<string, EnvironmentProgress>,
  { approved, concurrency }: { readonly approved: readonly string[]; readonly concurrency: number },
): NextEnvironments {
  const waiting = environments.filter(({ name }) => !progress.has(name));
  const held = new Map<string, HeldEnvironment>();
  // What holds one holds those after it: again until nothing is added.
  for (let before = -1; before < held.size;) {
    before = held.size;
    for (const environment of waiting) {
      const hold = held.get(environment.name) ?? holdOf(environment, progress, held, approved);
      if (hold !== undefined) held.set(environment.name, hold);
    }
  }
  const names = new Set(environments.map(({ name }) => name));
  const ready = waiting.filter(
    ({ name, after = [] }) =>
      !held.has(name) && after.every((one) => !names.has(one) || progress.get(one) === "done"),
  );
  const running = environments.filter(({ name }) => progress.get(name) === "running").length;
  return {
    start: ready.slice(0, Math.max(0, concurrency - running)).map(({ name }) => name),
    held: waiting.flatMap(({ name }) => held.get(name) ?? []),
  };
}

function holdOf(
  { name, after = [], needsApproval = false }: OrderedEnvironment,
  progress: ReadonlyMap<string, EnvironmentProgress>,
  held: ReadonlyMap<string, HeldEnvironment>,
  approved: readonly string[],
): HeldEnvironment | undefined {
  const failed = after.find((one) => progress.get(one) === "failed" || held.get(one)?.kind === "failure");
  if (failed !== undefined) return { name, kind: "failure", because: failed };
  const unapproved = after.find((one) => held.has(one));
  if (unapproved !== undefined) return { name, kind: "approval", because: unapproved };
  return needsApproval && !approved.includes(name) ? { name, kind: "approval", because: name } : undefined;
}

/**
 * Every problem of the order that environments say: names that there are not, and circles.
 *
 * @param path of the list that they are in.
 */
export function environmentOrderProblems(
  path: string,
  environments: readonly OrderedEnvironment[],
): Problem[] {
  const names = [...new Set(environments.map(({ name }) => name))];
  const unknown = environments.flatMap(({ after = [] }, index) =>
    after.flatMap((name, place): Problem[] => {
      if (names.includes(name)) return [];
      const meant = likelyName(name, names);
      return [
        {
          path: `${path}[${index}].after[${place}]`,
          reason: `there is no environment ${shown(name)}.`,
          fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}The file has ${names.join(", ")}.`,
        },
      ];
    }),
  );
  return [...unknown, ...circles(path, environments)];
}

/** One problem for each circle, at the first environment of it. */
function circles(path: string, environments: readonly OrderedEnvironment[]): Problem[] {
  const byName = new Map(environments.map((environment) => [environment.name, environment]));
  // Of two environments of one name, nobody can say which is meant.
  for (const name of namesOfSeveral(environments)) byName.delete(name);
  const told = new Set<string>();
  return environments.flatMap(({ name }, index): Problem[] => {
    const circle = told.has(name) ? undefined : wayBack(name, byName);
    if (circle === undefined) return [];
    for (const one of circle) told.add(one);
    const reason =
      circle.length === 1
        ? `${shown(name)} comes after itself.`
        : `${circle.map((one, at) => `${one} comes after ${circle[at + 1] ?? name}`).join(", ")}: none of them could be the first.`;
    return [{ path: `${path}[${index}].after`, reason, fix: "Take one of these names out." }];
  });
}

function namesOfSeveral(environments: readonly OrderedEnvironment[]): string[] {
  const names = environments.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) < index);
}

/** The names on the shortest way from an environment through `after` back to it, itself first; none if there is none. */
function wayBack(start: string, byName: ReadonlyMap<string, OrderedEnvironment>): string[] | undefined {
  const seen = new Set<string>();
  let ways = [[start]];
  while (ways.length > 0) {
    const longer = ways.flatMap((way) =>
      (byName.get(way.at(-1) ?? "")?.after ?? []).map((next) => [...way, next]),
    );
    const back = longer.find((way) => way.at(-1) === start);
    if (back !== undefined) return back.slice(0, -1);
    ways = longer.filter((way) => {
      const last = way.at(-1) ?? "";
      const isNew = !seen.has(last);
      seen.add(last);
      return isNew;
    });
  }
  return undefined;
}
