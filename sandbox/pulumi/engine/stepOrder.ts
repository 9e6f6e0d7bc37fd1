import { neededBy, type ResourceState } from "./resourceState";
import type { Urn } from "./urn";

/** A resource that is to go, and those that must be gone before. */
export interface Departure {
  readonly state: ResourceState;
  /** Resources that are to go as well and can't be without this one. */
  readonly after: readonly ResourceState[];
}

/**
 * The order in which resources can be deleted: nothing before what needs it. What does not depend on each other can
 * go at the same time.
 *
 * @param states those to delete; of one URN there may be several.
 */
export function departures(states: readonly ResourceState[]): Departure[] {
  const needs = new Map(states.map((state) => [state, neededBy(state)]));
  return states.map((state) => ({
    state,
    after: states.filter(
      (other) => other !== state && other.urn !== state.urn && needs.get(other)?.has(state.urn),
    ),
  }));
}

/**
 * Everything that can't be without a resource, directly or by way of others, in the order of the stack: what depends
 * comes behind what it depends on.
 */
export function dependentsOf(urn: Urn, resources: readonly ResourceState[]): ResourceState[] {
  const condemned = new Set([urn]);
  return resources.filter((state) => {
    if (state.delete || state.urn === urn) return false;
    const depends = [...neededBy(state)].some((needed) => condemned.has(needed));
    if (depends) condemned.add(state.urn);
    return depends;
  });
}

/**
 * What is wrong with the order of a stack: something that is named before it comes, or never comes.
 *
 * @returns a sentence per mistake.
 */
export function orderMistakes(resources: readonly ResourceState[]): string[] {
  const seen = new Set<Urn>();
  const all = new Set(resources.map((state) => state.urn));
  return resources.flatMap((state) => {
    const missing = [...neededBy(state)].filter(
      (needed) => !seen.has(needed) && needed !== state.deletedWith,
    );
    seen.add(state.urn);
    return missing.map((needed) =>
      all.has(needed)
        ? `${state.urn} stands before ${needed}, which it needs`
        : `${state.urn} needs ${needed}, which isn't there`,
    );
  });
}
