import { StoppedError } from "./failures";
import type { Executor } from "./executor";
import { componentManager, providerManager, resourceManager } from "./manager";
import type { ProviderRegistry } from "./providerRegistry";
import type { ResourceState } from "./resourceState";
import type { Operation, Step } from "./step";
import { departures } from "./stepOrder";
import { isProviderType, type Urn } from "./urn";

/**
 * Deletes resources, each as soon as everything that needs it is gone.
 *
 * @param states what is to go.
 * @param olds the stack before, where providers are found that nobody started.
 * @param gone URNs of what is deleted; filled in. What goes with one of them needs no deleting of its own.
 * @throws StoppedError when one of them could not be deleted; the failure is reported by then.
 */
export async function deleteResources(
  states: readonly ResourceState[],
  options: {
    olds: ReadonlyMap<Urn, ResourceState>;
    gone: Set<Urn>;
    registry: ProviderRegistry;
    executor: Executor;
  },
): Promise<void> {
  const { olds, gone, registry, executor } = options;
  for (const state of states) gone.add(state.urn);
  const done = new Map<ResourceState, Promise<void>>();
  const order = departures(states);
  const departure = new Map(order.map((each) => [each.state, each]));

  const go = (state: ResourceState): Promise<void> => {
    const known = done.get(state);
    if (known !== undefined) return known;
    const going = (async () => {
      await Promise.all((departure.get(state)?.after ?? []).map(go));
      await executor.run(deleteStep(state), () => remove(state));
    })();
    done.set(state, going);
    return going;
  };

  const remove = async (state: ResourceState): Promise<void> => {
    if (state.protect && !state.delete)
      throw new Error(
        `resource "${state.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, ` +
          "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, " +
          `or use the command:\n\`pulumi state unprotect '${state.urn}'\``,
      );
    const goesAlong = state.deletedWith !== undefined && gone.has(state.deletedWith);
    if (executor.preview || state.external || state.retainOnDelete || goesAlong || state.pendingReplacement)
      return;
    if (!state.custom) return componentManager.delete(state);
    if (isProviderType(state.type)) return providerManager(registry, false).delete(state);
    await registry.ensure(state.provider, olds);
    return resourceManager(registry.get(state.provider), false).delete(state);
  };

  const outcomes = await Promise.allSettled(order.map(({ state }) => go(state)));
  // Failures are reported where they happen.
  if (outcomes.some(({ status }) => status === "rejected")) throw new StoppedError();
}

function deleteStep(old: ResourceState): Step {
  const { urn, type, provider } = old;
  return { op: operationFor(old), urn, type, provider, old, logical: !old.delete };
}

function operationFor(old: ResourceState): Operation {
  if (old.pendingReplacement && !old.delete) return "remove-pending-replace";
  if (old.delete) return old.external ? "discard-replaced" : "delete-replaced";
  return old.external ? "discard" : "delete";
}
