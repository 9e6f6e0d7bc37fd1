import type { PendingOperation, Snapshot } from "./deploymentJson";
import { neededBy, type ResourceState } from "./resourceState";
import type { Urn } from "./urn";

/**
 * What a stack consists of while it is being updated: what the update has brought so far, in its order, and behind it
 * what it has not come to yet.
 */
export class Checkpoint {
  readonly #base: readonly ResourceState[];
  readonly #done = new Set<ResourceState>();
  readonly #added = new Set<ResourceState>();
  readonly #pending = new Map<ResourceState, PendingOperation>();
  readonly #earlier: readonly PendingOperation[];

  /**
   * @param base the stack before.
   * @param forget which of the operations that were interrupted then are noted no more: looking at what is there
   *   tells what became of them, except of those that create something, whose ID nobody knows.
   */
  constructor(base: Snapshot, forget: "none" | "allButCreations" | "all" = "none") {
    this.#base = base.resources;
    this.#earlier = base.pendingOperations.filter(
      ({ type }) => forget === "none" || (forget === "allButCreations" && type === "creating"),
    );
  }

  /** Notes that something is being done to a resource. */
  begin(operation: PendingOperation): void {
    this.#pending.set(operation.resource, operation);
  }

  /** Notes that it isn't any more, however it went. */
  end(resource: ResourceState): void {
    this.#pending.delete(resource);
  }

  /** Notes that a resource is there in this state now. */
  add(state: ResourceState): void {
    this.#added.add(state);
  }

  /** Notes that a state is no longer so: the resource is gone, or another state of it was added. */
  remove(state: ResourceState): void {
    this.#added.delete(state);
    this.#done.add(state);
  }

  /** The stack as it is at this moment. Former names are of no use any more: everything speaks of the new ones. */
  snapshot(): Snapshot {
    const rest = this.#base.filter((state) => !this.#done.has(state) && !this.#added.has(state));
    const renamed = this.#renamed();
    return {
      resources: [...this.#added, ...rest].map((state) => ({ ...speakingOf(state, renamed), aliases: [] })),
      pendingOperations: [...this.#earlier, ...this.#pending.values()],
    };
  }

  /** New names of resources that are known by another one now. */
  #renamed(): ReadonlyMap<Urn, Urn> {
    const names = new Map<Urn, Urn>();
    for (const state of this.#added) for (const alias of state.aliases) names.set(alias, state.urn);
    return names;
  }
}

/** A state that speaks of others by the names that they have now. */
function speakingOf(state: ResourceState, renamed: ReadonlyMap<Urn, Urn>): ResourceState {
  if (![...neededBy(state)].some((urn) => renamed.has(urn))) return state;
  const now = (urn: Urn) => renamed.get(urn) ?? urn;
  const at = state.provider.lastIndexOf("::");
  return {
    ...state,
    parent: state.parent === undefined ? undefined : now(state.parent),
    deletedWith: state.deletedWith === undefined ? undefined : now(state.deletedWith),
    dependencies: state.dependencies.map(now),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(now)]),
    ),
    provider: at < 0 ? state.provider : `${now(state.provider.slice(0, at))}${state.provider.slice(at)}`,
  };
}
