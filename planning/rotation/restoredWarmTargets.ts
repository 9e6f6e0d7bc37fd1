import type { Env } from "../awsNode/env";
import { LOWERED } from "./loweredWarmTargets";

/** What becomes of lowered warm targets when they are given back. */
export interface RestoredWarmTargets {
  /** Variables to be set as they were; null takes one away. */
  readonly restore: Readonly<Record<string, string | null>>;
  /** Variables that somebody has changed since, as they are now, and stay; null where one is not set. */
  readonly left: Readonly<Record<string, string | null>>;
}

/**
 * Decides which of the variables that a run lowered are set back: those that still are as it set them. What is as it was
 * before needs nothing.
 *
 * @param env of the container aws-node at this moment.
 * @param before the variables that were lowered, as they were; null where one was not set.
 */
export function restoredWarmTargets(
  env: Env,
  before: Readonly<Record<string, string | null>>,
): RestoredWarmTargets {
  const now = (name: string) => env[name] ?? null;
  const changed = Object.entries(before).filter(([name, was]) => now(name) !== was);
  return {
    restore: Object.fromEntries(changed.filter(([name]) => now(name) === LOWERED)),
    left: Object.fromEntries(changed.flatMap(([name]) => (now(name) === LOWERED ? [] : [[name, now(name)]]))),
  };
}
