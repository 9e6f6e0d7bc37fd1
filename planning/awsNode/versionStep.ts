import { coerce, compare, type SemVer } from "semver";
import { shown, type Problem } from "../problem";

/**
 * Whether the CNI may go from one version to another at once: to a newer one, and by one minor version at the most.
 *
 * Source: EKS best practices guide, "Amazon VPC CNI": upgrade one minor version at a time.
 *
 * @param from the version in use, such as `v1.18.3-eksbuild.1`.
 */
export function versionStepProblems(from: string, to: string): Problem[] {
  const target = readVersion(to);
  if (target === undefined) {
    return [
      {
        path: "addOnVersion",
        reason: `${shown(to)} is not a version.`,
        fix: "Give it as v1.18.3-eksbuild.1; aws eks describe-addon-versions --addon-name vpc-cni lists them.",
      },
    ];
  }
  const current = readVersion(from);
  if (current === undefined) return [];
  const { semver: a } = current;
  const { semver: b } = target;
  if ((compare(b, a) || target.build - current.build) < 0) {
    return [
      {
        path: "addOnVersion",
        reason: `${to} is older than ${from}, which the cluster has.`,
        fix: `Give ${from} or a newer one, or leave it out: the version then stays as it is.`,
      },
    ];
  }
  if (a.major === b.major && b.minor - a.minor <= 1) return [];
  return [
    {
      path: "addOnVersion",
      reason: `from ${from} to ${to} is more than one minor version.`,
      fix:
        a.major === b.major
          ? `Go by one at a time: ${steps(a, b).join(", then ")}, each rolled out before the next.`
          : "Go by one minor version at a time, each rolled out before the next.",
    },
  ];
}

/**
 * The versions to go through on the way to one, one minor version at a time: of each minor version between the newest
 * that there is, and that version last. Only that one where no way is known, or none is needed.
 *
 * @param available all that EKS offers for the cluster, such as `v1.22.4-eksbuild.3`.
 */
export function versionsOnTheWay(from: string, to: string, available: readonly string[]): string[] {
  const [current, target] = [readVersion(from), readVersion(to)];
  if (current === undefined || target === undefined || current.semver.major !== target.semver.major)
    return [to];
  const between = Array.from(
    { length: Math.max(0, target.semver.minor - current.semver.minor - 1) },
    (_, step) => current.semver.minor + step + 1,
  );
  const newest = between.map((minor) => newestOf(target.semver.major, minor, available));
  return newest.includes(undefined) ? [to] : [...newest.flatMap((version) => version ?? []), to];
}

function newestOf(major: number, minor: number, available: readonly string[]): string | undefined {
  return available
    .flatMap((text) => ({ text, ...readVersion(text) }))
    .filter(({ semver }) => semver?.major === major && semver.minor === minor)
    .sort(
      (a, b) => (a.semver && b.semver ? compare(b.semver, a.semver) : 0) || (b.build ?? 0) - (a.build ?? 0),
    )[0]?.text;
}

function steps(from: SemVer, to: SemVer): string[] {
  return Array.from({ length: to.minor - from.minor }, (_, step) => `${from.major}.${from.minor + step + 1}`);
}

/** An add-on's version: of the CNI, and of EKS's build of it. */
function readVersion(text: string): { semver: SemVer; build: number } | undefined {
  const match = /^v?(\d+\.\d+\.\d+)(?:-eksbuild\.(\d+))?$/.exec(text);
  const semver = coerce(match?.[1]);
  return semver === null ? undefined : { semver, build: Number(match?.[2] ?? 0) };
}
