import type { ResourceChange } from "./resourceChange";

/** How far an update came that did not end well. */
export interface UnfinishedUpdate {
  readonly done: readonly ResourceChange[];
  /** Begun, and ended in an error, or never told to have ended. */
  readonly failed: readonly ResourceChange[];
  /** Not begun. */
  readonly pending: readonly ResourceChange[];
}

/** What an update had told of its resources, by their URNs. */
export interface ResourceStates {
  readonly started: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
}

/** How far an update came, by what was planned and what it told; Pulumi's own bookkeeping is left out. */
export function unfinishedUpdate(
  planned: readonly ResourceChange[],
  { started, done }: ResourceStates,
): UnfinishedUpdate {
  const changes = planned.filter(({ isBookkeeping }) => !isBookkeeping);
  return {
    done: changes.filter(({ urn }) => done.has(urn)),
    failed: changes.filter(({ urn }) => started.has(urn) && !done.has(urn)),
    pending: changes.filter(({ urn }) => !started.has(urn)),
  };
}
