import type { Check } from "./check";
import { CHECKS } from "./checks";
import { isNotSeen, type Finding } from "./finding";
import type { Picture } from "./picture";

/** What a preflight found. */
export interface Preflight {
  /** Those that stop first. */
  readonly findings: readonly Finding[];
  /** Findings that were accepted before, by their ids. */
  readonly accepted: readonly Finding[];
  /** Checks that found nothing. */
  readonly passed: readonly string[];
  /** Checks that could not look, and why. */
  readonly notRun: readonly { readonly id: string; readonly why: string }[];
  /** Accepted ids that found nothing any more: they may be taken out of the file. */
  readonly acceptedInVain: readonly string[];
}

/**
 * Looks at a cluster before anything is changed.
 *
 * @param accepted ids of checks whose findings somebody has accepted.
 */
export function preflight(
  picture: Picture,
  accepted: readonly string[] = [],
  checks: readonly Check[] = CHECKS,
): Preflight {
  const runs = checks.map(({ id, run }) => ({ id, result: run(picture) }));
  const seen = runs.flatMap(({ id, result }) => (isNotSeen(result) ? [] : [{ id, findings: result }]));
  const all = seen.flatMap(({ findings }) => findings);
  const open = all.filter(({ id }) => !accepted.includes(id));
  return {
    findings: [
      ...open.filter(({ level }) => level === "stop"),
      ...open.filter(({ level }) => level === "warn"),
    ],
    accepted: all.filter(({ id }) => accepted.includes(id)),
    passed: seen.filter(({ findings }) => findings.length === 0).map(({ id }) => id),
    notRun: runs.flatMap(({ id, result }) => (isNotSeen(result) ? [{ id, why: result.notSeen }] : [])),
    acceptedInVain: accepted.filter((id) => seen.some((one) => one.id === id && one.findings.length === 0)),
  };
}
