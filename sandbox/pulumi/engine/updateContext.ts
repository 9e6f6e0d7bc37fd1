import type { EventLog } from "./eventLog";
import type { Executor } from "./executor";
import type { Ledger } from "./ledger";
import { componentManager, providerManager, resourceManager, type Manager } from "./manager";
import type { PlanKeeper } from "./plan";
import type { ProviderRegistry, RuntimeConfig } from "./providerRegistry";
import type { ResourceState } from "./resourceState";
import { isProviderType } from "./urn";

/** The stack that is being updated. */
export interface Target {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly config: RuntimeConfig;
}

/** What resources are brought about with. */
export interface UpdateContext {
  readonly target: Target;
  readonly ledger: Ledger;
  readonly registry: ProviderRegistry;
  readonly executor: Executor;
  readonly events: EventLog;
  readonly plan: PlanKeeper;
  /** ISO 8601. */
  readonly now: () => string;
}

/** Who manages a resource. @throws Error when its provider does not run. */
export function managerOf(
  state: ResourceState,
  { registry, executor }: Pick<UpdateContext, "registry" | "executor">,
): Manager {
  if (!state.custom) return componentManager;
  if (isProviderType(state.type)) return providerManager(registry, executor.preview);
  return resourceManager(registry.get(state.provider), executor.preview);
}
