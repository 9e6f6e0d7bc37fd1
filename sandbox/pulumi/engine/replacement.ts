import { ResourceFailure } from "./failures";
import type { Goal } from "./goal";
import { resourceManager } from "./manager";
import { UNKNOWN } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import { needsReplacement, withReplaceOnChanges, type ProviderDiff } from "./stepFor";
import { dependentsOf } from "./stepOrder";
import { managerOf, type UpdateContext } from "./updateContext";
import { isProviderType, parseProviderReference, type Urn } from "./urn";

/** What must not be replaced is refused. A preview goes on, to show why it would be. */
export function refuseReplacement(
  goal: Goal,
  old: ResourceState,
  now: ResourceState,
  { executor, events }: UpdateContext,
): void {
  if (old.protect && now.protect) {
    const message =
      `unable to replace resource "${now.urn}"\nas it is currently marked for protection. To unprotect the ` +
      "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    if (!executor.preview) throw new ResourceFailure(now.urn, message);
    executor.complain(now.urn, message);
  }
  if (goal.importId === "") return;
  const message =
    "previously-imported resources that still specify an ID may not be replaced; " +
    "please remove the `import` declaration from your program";
  if (!executor.preview) throw new ResourceFailure(now.urn, message);
  events.diagnostic("warning", message, now.urn);
}

/** Tells that a resource is replaced: a step in which nothing is done. */
export async function announceReplacement(
  old: ResourceState,
  now: ResourceState,
  diff: ProviderDiff | undefined,
  { executor }: UpdateContext,
): Promise<void> {
  const { urn, type, provider } = now;
  const reasons = { keys: diff?.replaceKeys, diffs: diff?.changedKeys, detailedDiff: diff?.detailedDiff };
  await executor.run({ op: "replace", urn, type, provider, old, new: now, logical: true, ...reasons }, () =>
    Promise.resolve(),
  );
}

/** Deletes a resource that is to be replaced, and before it everything that has to be replaced with it. */
export async function deleteForReplacement(root: ResourceState, context: UpdateContext): Promise<void> {
  const condemned = await replacedWith(root, context);
  for (const { state } of condemned) {
    if (state.protect)
      throw new ResourceFailure(
        state.urn,
        `unable to replace resource "${state.urn}" as part of replacing "${root.urn}" as it is currently marked ` +
          "for protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi " +
          "program and run `pulumi up`",
      );
  }
  for (const { state, keys } of [...condemned.reverse(), { state: root, keys: [] }])
    await deleteEarly(state, keys, context);
}

async function deleteEarly(
  old: ResourceState,
  keys: readonly string[],
  context: UpdateContext,
): Promise<void> {
  const { registry, executor, ledger } = context;
  if (ledger.deletedEarly.has(old) || old.pendingReplacement) return;
  ledger.gone.add(old.urn);
  ledger.deletedEarly.set(old, keys);
  if (old.provider !== "") await registry.ensure(old.provider, ledger.olds);
  const { urn, type, provider } = old;
  await executor.run({ op: "delete-replaced", urn, type, provider, old, logical: false }, async () => {
    if (executor.preview) return;
    const goesAlong = old.deletedWith !== undefined && ledger.gone.has(old.deletedWith);
    if (old.custom && !old.external && !old.retainOnDelete && !goesAlong)
      await managerOf(old, context).delete(old);
    old.pendingReplacement = true;
  });
}

interface Condemned {
  readonly state: ResourceState;
  /** The properties because of which it can't stay. */
  readonly keys: readonly string[];
}

/** What depends on a resource in such a way that it has to be replaced with it, in the order of the stack. */
async function replacedWith(root: ResourceState, context: UpdateContext): Promise<Condemned[]> {
  const { ledger } = context;
  const names = new Set([root.urn]);
  const result: Condemned[] = [];
  for (const state of dependentsOf(root.urn, ledger.before)) {
    // What was registered already can't depend on what is only being registered.
    if (!state.custom || state.external || ledger.stepOf(state.urn) !== undefined) continue;
    const keys = await condemningKeys(state, names, context);
    if (keys === undefined) continue;
    names.add(state.urn);
    result.push({ state, keys });
  }
  return result;
}

/**
 * Whether a resource can't stay when others are replaced, and because of which properties: its provider is asked what
 * it would do if those that come from the others changed.
 *
 * @returns undefined when it can stay.
 */
async function condemningKeys(
  state: ResourceState,
  replaced: ReadonlySet<Urn>,
  { registry, ledger }: UpdateContext,
): Promise<readonly string[] | undefined> {
  if (state.provider !== "" && replaced.has(parseProviderReference(state.provider).urn)) return [];
  if (state.deletedWith !== undefined && replaced.has(state.deletedWith)) return [];
  const unknown = Object.entries(state.propertyDependencies).filter(([, urns]) =>
    urns.some((urn) => replaced.has(urn)),
  );
  // A provider's configuration may change without a replacement.
  if (unknown.length === 0 || isProviderType(state.type)) return undefined;
  await registry.ensure(state.provider, ledger.olds);
  const inputs = { ...state.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, UNKNOWN])) };
  const manager = resourceManager(registry.get(state.provider), true);
  const diff = withReplaceOnChanges(
    await manager.diff(state, inputs, state.ignoreChanges),
    state.replaceOnChanges,
  );
  return needsReplacement(diff) ? diff.replaceKeys : undefined;
}
