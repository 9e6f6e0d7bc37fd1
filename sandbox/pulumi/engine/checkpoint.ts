import type { PendingOperation, Snapshot } from "./deploymentJson";
import { neededBy, type ResourceState } from "./resourceState";
import type { Urn } from "./urn";

/**
 * What a stack consists of while it is being updated: what the update has brought so far, in its order, and behind it
 * what it has not come to yet.
 */
export class Checkpoint {
  #base: readonly ResourceState[];
  readonly #done = new Set<ResourceState>();
  readonly #added = new Set<ResourceState>();
  readonly #pending = new Map<ResourceState, PendingOperation>();
  readonly #earlier: readonly PendingOperation[];

  /**
   * @param base the stack before. Of the operations that were interrupted then only those are noted on that create
   *   something, as Pulumi has it: nobody knows its ID, so that no look at what is there tells what became of it.
   * @param clearPendingCreates whether these are forgotten as well. @default false
   */
  constructor(base: Snapshot, clearPendingCreates = false) {
    this.#base = base.resources;
    this.#earlier = clearPendingCreates
      ? []
      : base.pendingOperations.filter(({ type }) => type === "creating");
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

  /**
   * Notes what a look at a resource found, in the place of what was known of it: looks end in any order, and what
   * depends has to stay behind what it depends on.
   *
   * @param now undefined when it is gone.
   */
  refresh(old: ResourceState, now: ResourceState | undefined): void {
    this.#base = this.#base.flatMap((state) => (state === old ? (now ?? []) : state));
  }

  /** The stack as it is at this moment. Former names are of no use any more: everything speaks of the new ones. */
  snapshot(): Snapshot {
    const rest = this.#base.filter((state) => !this.#done.has(state) && !this.#added.has(state));
    const renamed = this.#renamed();
    return {
      resources: [...this.#added, ...rest].map((state) => ({ ...speakingOf(state, renamed), aliases: [] })),
      pendingOperations: [...this.#pending.values(), ...this.#earlier],
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
