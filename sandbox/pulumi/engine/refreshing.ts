import { StoppedError } from "./failures";
import type { Executor } from "./executor";
import type { EventLog } from "./eventLog";
import { resourceManager } from "./manager";
import type { ProviderRegistry } from "./providerRegistry";
import { equal } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import type { Operation, Step } from "./step";
import { isProviderType, type Urn } from "./urn";
import { inverted } from "./valueDiff";

/** What looking at resources needs. */
interface Refreshing {
  readonly registry: ProviderRegistry;
  readonly executor: Executor;
  readonly events: EventLog;
  readonly now: () => string;
  /** Whether this is all that is done: then what it found is what people want to know. */
  readonly isAll: boolean;
}

/**
 * Looks at every resource of a stack and brings the state in line with what is there.
 *
 * @returns the stack as it is then, in its order, without those that are gone.
 * @throws StoppedError when one of them could not be looked at; the failure is reported by then.
 */
export async function refreshResources(
  olds: readonly ResourceState[],
  options: Refreshing,
): Promise<ResourceState[]> {
  const byUrn = new Map(olds.filter((old) => !old.delete).map((old) => [old.urn, old]));
  const outcomes = await Promise.allSettled(olds.map((old) => refresh(old, byUrn, options)));
  const states = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  if (states.length < outcomes.length) throw new StoppedError();
  return withoutTheGone(states.filter((state) => state !== undefined));
}

async function refresh(
  old: ResourceState,
  byUrn: ReadonlyMap<Urn, ResourceState>,
  options: Refreshing,
): Promise<ResourceState | undefined> {
  const { registry, executor, events, now: clock, isAll } = options;
  const { urn, type, provider } = old;
  const now: ResourceState = { ...old };
  const step: Step = { op: "refresh", urn, type, provider, old, new: now, logical: false };
  // Components and providers are what the program says, and what is deleted is not there.
  const isThere = old.custom && !isProviderType(type) && !old.pendingReplacement;
  let result: Operation = "same";
  await executor.run(
    step,
    async () => {
      if (!isThere) return;
      await registry.ensure(provider, byUrn);
      const found = await registry.get(provider).read(urn, old.id, old, old.customTimeouts?.read ?? 0);
      if (found.id === "" || found.outputs === undefined) {
        result = "delete";
        step.new = undefined;
        return;
      }
      if (found.initErrors.length > 0)
        events.diagnostic(
          "warning",
          `Refreshed resource is in an unhealthy state:\n${found.initErrors.map((error) => `* ${error}`).join("\n")}`,
          urn,
        );
      Object.assign(now, {
        id: found.id,
        inputs: found.inputs ?? old.inputs,
        outputs: found.outputs,
        initErrors: found.initErrors,
      });
      if (equal(now.inputs, old.inputs) && equal(now.outputs, old.outputs)) return;
      now.modified = clock();
      if (old.external) {
        result = "update";
        return;
      }
      // What an update of an unchanged program would do, the other way round: what the world did to the program.
      const manager = resourceManager(registry.get(provider), executor.preview);
      const diff = await manager.diff(now, old.inputs, old.ignoreChanges);
      if (diff.changes !== "some") return;
      result = "update";
      step.detailedDiff = diff.detailedDiff === undefined ? undefined : inverted(diff.detailedDiff);
    },
    isAll ? () => result : undefined,
  );
  return step.new;
}

/** States that speak of nothing that is gone. */
function withoutTheGone(states: readonly ResourceState[]): ResourceState[] {
  const present = new Set(states.map((state) => state.urn));
  const there = (urn: Urn) => present.has(urn);
  const known = (urn: Urn | undefined) => (urn !== undefined && there(urn) ? urn : undefined);
  return states.map((state) =>
    // In place: the checkpoint knows the state by its identity.
    Object.assign(state, {
      parent: known(state.parent),
      deletedWith: known(state.deletedWith),
      dependencies: state.dependencies.filter(there),
      propertyDependencies: Object.fromEntries(
        Object.entries(state.propertyDependencies)
          .map(([key, urns]) => [key, urns.filter(there)] as const)
          .filter(([, urns]) => urns.length > 0),
      ),
    }),
  );
}
