import { covers, parsePropertyPath } from "./propertyPath";
import type { ResourceState } from "./resourceState";
import type { DetailedDiff, DiffKind } from "./valueDiff";

/** What a provider says of the difference between a resource as it is and as it should be. */
export interface ProviderDiff {
  readonly changes: "none" | "some" | "unknown";
  /** Properties that only another resource can have so. */
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly detailedDiff: DetailedDiff | undefined;
  /** Whether the old one has to go first. */
  readonly deleteBeforeReplace: boolean;
}

/** What to do with a resource that the program wants. */
export type Decision =
  | { readonly kind: "same" | "create" | "update" }
  | {
      readonly kind: "replace";
      /** `createFirst`: the old one is deleted at the end. `deleteFirst`: now. `recreate`: it is gone already. */
      readonly order: "createFirst" | "deleteFirst" | "recreate";
    };

/**
 * Decides what to do with a resource.
 *
 * @param old as it is in the stack; undefined when it isn't there.
 * @param diff what its provider said; undefined when nobody was asked.
 * @param wish `deleteBeforeReplace` of the program, which counts more than the provider's.
 * @param isGone whether it was deleted earlier in this very update, as something that depended on a replaced resource.
 */
export function stepFor(
  old: ResourceState | undefined,
  diff: ProviderDiff | undefined,
  wish: { deleteBeforeReplace: boolean | undefined; isGone: boolean },
): Decision {
  if (old === undefined) return { kind: "create" };
  if (wish.isGone || old.pendingReplacement) return { kind: "replace", order: "recreate" };
  // Somebody else's resource is left alone: one of our own takes its place.
  if (old.external) return { kind: "replace", order: "createFirst" };
  if (diff !== undefined && needsReplacement(diff)) {
    const deleteFirst = wish.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    return { kind: "replace", order: deleteFirst ? "deleteFirst" : "createFirst" };
  }
  // Something that never became ready is updated even without a difference, which waits for it once more.
  return { kind: diff?.changes === "some" || old.initErrors.length > 0 ? "update" : "same" };
}

/** Whether only another resource can bring the difference about. */
export function needsReplacement(diff: ProviderDiff): boolean {
  return (
    diff.changes === "some" &&
    (diff.replaceKeys.length > 0 ||
      Object.values(diff.detailedDiff ?? {}).some(({ diffKind }) => diffKind.endsWith("-replace")))
  );
}

/** A diff in which changes of certain properties ask for a replacement, whatever the provider says. */
export function withReplaceOnChanges(diff: ProviderDiff, paths: readonly string[]): ProviderDiff {
  if (diff.changes !== "some" || paths.length === 0) return diff;
  const condemned = paths.map(parsePropertyPath);
  const isCondemned = (path: string) => condemned.some((each) => covers(each, parsePropertyPath(path)));
  const detailed = Object.entries(diff.detailedDiff ?? {});
  const changed = detailed.length > 0 ? detailed.map(([path]) => path) : diff.changedKeys;
  const keys = changed.filter(isCondemned);
  if (keys.length === 0) return diff;
  return {
    ...diff,
    replaceKeys: [
      ...new Set([...diff.replaceKeys, ...keys.map((path) => String(parsePropertyPath(path)[0]))]),
    ],
    detailedDiff: Object.fromEntries([
      ...detailed.map(([path, { diffKind, inputDiff }]) => [
        path,
        { diffKind: isCondemned(path) ? replacing(diffKind) : diffKind, inputDiff },
      ]),
    ]) as DetailedDiff,
  };
}

function replacing(kind: DiffKind): DiffKind {
  return kind.endsWith("-replace") ? kind : (`${kind}-replace` as DiffKind);
}
