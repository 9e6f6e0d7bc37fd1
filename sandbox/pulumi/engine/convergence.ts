import { StoppedError } from "./failures";
import type { Goal } from "./goal";
import { checkMessage, keepIgnored } from "./inputs";
import type { Manager } from "./manager";
import type { PropertyMap } from "./propertyValues";
import { announceReplacement, deleteForReplacement, refuseReplacement } from "./replacement";
import type { ResourceState } from "./resourceState";
import type { Step } from "./step";
import { needsReplacement, stepFor, withReplaceOnChanges, type ProviderDiff } from "./stepFor";
import { managerOf, type UpdateContext } from "./updateContext";
import { isProviderType, parseProviderReference } from "./urn";

/**
 * Brings a resource from what it is to what it should be.
 *
 * @param now what it should be; filled in with what came of it.
 * @param wasImported whether it was taken over a moment ago.
 * @returns its state then.
 * @throws StoppedError when a step failed or was not begun; a failure is reported by then.
 */
export async function converge(
  goal: Goal,
  now: ResourceState,
  old: ResourceState | undefined,
  wasImported: boolean,
  context: UpdateContext,
): Promise<ResourceState> {
  const { ledger } = context;
  const manager = managerOf(now, context);
  const isGone = old !== undefined && ledger.gone.has(old.urn);
  // What somebody else owned, or what is gone, says nothing about what is to come.
  const kept = old === undefined || isGone || old.external || old.pendingReplacement ? undefined : old;
  await check(now, kept?.inputs ?? {}, inputsToCheck(goal, now, kept, context), manager, context);
  context.plan.wants(goal, kept, now);
  const diff = kept === undefined ? undefined : await diffOf(goal, kept, now, manager, context);
  const decision = stepFor(old, diff, { deleteBeforeReplace: goal.deleteBeforeReplace, isGone });
  if (old === undefined || decision.kind === "create") {
    await run(step("create", old, now, diff), () => create(now, manager, context), context);
    return now;
  }
  switch (decision.kind) {
    case "update":
      await run(step("update", old, now, diff), () => update(old, now, manager, context), context);
      return now;
    case "same":
      // Just taken over and as it should be: that was all.
      if (wasImported) return old;
      await run(step("same", old, now, undefined), () => keep(old, now, manager), context);
      return now;
    case "replace":
      refuseReplacement(goal, old, now, context);
      ledger.replaced.add(now.urn);
      // What was taken over from the old one with its inputs does not count for a new one.
      if (kept !== undefined) await check(now, {}, goal.properties, manager, context);
      await replace(decision.order, old, now, diff, manager, context);
      return now;
  }
}

async function replace(
  order: "createFirst" | "deleteFirst" | "recreate",
  old: ResourceState,
  now: ResourceState,
  diff: ProviderDiff | undefined,
  manager: Manager,
  context: UpdateContext,
): Promise<void> {
  if (order === "deleteFirst") await deleteForReplacement(old, context);
  if (order !== "createFirst") await announceReplacement(old, now, diff, context);
  const keys = diff?.replaceKeys ?? context.ledger.deletedEarly.get(old);
  const work = async () => {
    await create(now, manager, context);
    if (order === "createFirst") old.delete = true;
  };
  await run({ ...step("create-replacement", old, now, diff), keys }, work, context);
  if (order === "createFirst") await announceReplacement(old, now, diff, context);
}

function step(
  op: Step["op"],
  old: ResourceState | undefined,
  now: ResourceState,
  diff: ProviderDiff | undefined,
): Step {
  const { urn, type, provider } = now;
  const reasons = { keys: diff?.replaceKeys, diffs: diff?.changedKeys, detailedDiff: diff?.detailedDiff };
  return { op, urn, type, provider, old, new: now, logical: op !== "create-replacement", ...reasons };
}

async function run(of: Step, work: () => Promise<void>, { ledger, executor }: UpdateContext): Promise<void> {
  ledger.noteStep(of);
  await executor.run(of, work);
}

async function create(now: ResourceState, manager: Manager, context: UpdateContext): Promise<void> {
  const { id, outputs, initErrors } = await manager.create(now);
  Object.assign(now, { id, outputs, initErrors });
  now.created = now.modified = context.now();
}

async function update(
  old: ResourceState,
  now: ResourceState,
  manager: Manager,
  context: UpdateContext,
): Promise<void> {
  now.id = old.id;
  const { outputs, initErrors } = await manager.update(old, now);
  Object.assign(now, { outputs, initErrors, created: old.created, modified: context.now() });
}

async function keep(old: ResourceState, now: ResourceState, manager: Manager): Promise<void> {
  const { id, outputs, initErrors, created, modified } = old;
  Object.assign(now, { id, outputs, initErrors, created, modified });
  await manager.same(now);
}

function inputsToCheck(
  goal: Goal,
  now: ResourceState,
  old: ResourceState | undefined,
  { events }: UpdateContext,
): PropertyMap {
  if (old === undefined) return now.inputs;
  const { inputs, unheeded } = keepIgnored(now.inputs, old.inputs, goal.ignoreChanges);
  if (unheeded.length > 0)
    events.diagnostic(
      "info",
      `cannot ignore changes in added or removed elements of the path: "${unheeded.join(", ")}"`,
      now.urn,
    );
  return inputs;
}

/** Completes the inputs. @throws StoppedError when the provider does not accept them; that is reported by then. */
async function check(
  now: ResourceState,
  olds: PropertyMap,
  news: PropertyMap,
  manager: Manager,
  { events, executor, plan }: UpdateContext,
): Promise<void> {
  const { inputs, failures } = await manager.check(now.urn, olds, news, plan.seedFor(now.urn));
  now.inputs = inputs;
  if (failures.length === 0) return;
  const refused = { ...now, inputs: news };
  for (const failure of failures) events.diagnostic("error", checkMessage(refused, failure), now.urn);
  executor.stop("failed");
  throw new StoppedError();
}

async function diffOf(
  goal: Goal,
  old: ResourceState,
  now: ResourceState,
  manager: Manager,
  context: UpdateContext,
): Promise<ProviderDiff> {
  const { ledger, registry, events } = context;
  if (now.deletedWith !== undefined && ledger.replaced.has(now.deletedWith)) return because(["deletedWith"]);
  if (await hasOtherProvider(old, now, context)) return because(["provider"]);
  if (now.custom && !isProviderType(now.type) && !registry.get(now.provider).isConfigured) {
    events.diagnostic(
      "warning",
      "The provider for this resource has inputs that are not known during preview.\n" +
        "This preview may not correctly represent the changes that will be applied during an update.",
      now.urn,
    );
    return because([]);
  }
  return withReplaceOnChanges(await manager.diff(old, now.inputs, goal.ignoreChanges), goal.replaceOnChanges);
}

/** A difference that no provider was asked about. */
function because(replaceKeys: readonly string[]): ProviderDiff {
  return {
    changes: "some",
    replaceKeys,
    changedKeys: [],
    detailedDiff: undefined,
    deleteBeforeReplace: false,
  };
}

/** Whether the resource is of another provider now, one that can't go on with what the other one made. */
async function hasOtherProvider(
  old: ResourceState,
  now: ResourceState,
  { ledger, registry }: UpdateContext,
): Promise<boolean> {
  if (old.provider === now.provider) return false;
  if (old.provider === "" || now.provider === "") return true;
  const before = parseProviderReference(old.provider);
  const after = parseProviderReference(now.provider);
  if (ledger.isRenamed(before.urn, after.urn)) return false;
  const was = ledger.olds.get(before.urn);
  const is = ledger.stateOf(after.urn);
  if (was === undefined || is === undefined) return true;
  const diff = await registry.diffOfChange(now.provider, was, is.inputs);
  return diff !== undefined && needsReplacement(diff);
}
