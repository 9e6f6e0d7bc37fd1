import { equal, type PropertyMap } from "./propertyValues";
import type { Urn } from "./urn";

/** How long a provider may take, in seconds; 0 stands for the provider's own default. */
export interface CustomTimeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
  readonly read?: number;
}

/**
 * A resource as it is known after the last operation, with the names of Pulumi's deployment JSON (version 3).
 *
 * It is a record that steps fill in: a step's outcome is written to its new state, and a resource that is to be deleted
 * after its replacement is marked on the old one.
 */
export interface ResourceState {
  urn: Urn;
  /** Whether a provider manages it; a component is managed by none. */
  custom: boolean;
  /** Whether it is to be deleted: its replacement exists. */
  delete: boolean;
  id: string;
  type: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: Urn | undefined;
  protect: boolean;
  /** Whether it was only read and belongs to somebody else. */
  external: boolean;
  dependencies: readonly Urn[];
  /** Why it isn't quite ready, although it exists. */
  initErrors: readonly string[];
  /** `URN::ID` of its provider; empty for components and providers. */
  provider: string;
  propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  /** Whether it was deleted so that its replacement can be created. */
  pendingReplacement: boolean;
  additionalSecretOutputs: readonly string[];
  aliases: readonly Urn[];
  customTimeouts: CustomTimeouts | undefined;
  importID: string;
  retainOnDelete: boolean;
  deletedWith: Urn | undefined;
  /** When it came into the state and when it changed there; ISO 8601. */
  created: string | undefined;
  modified: string | undefined;
  ignoreChanges: readonly string[];
  replaceOnChanges: readonly string[];
}

/** A state with nothing in it but what must be given. */
export function newState(
  given: Pick<ResourceState, "urn" | "type" | "custom"> & Partial<ResourceState>,
): ResourceState {
  return {
    delete: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: undefined,
    protect: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: "",
    propertyDependencies: {},
    pendingReplacement: false,
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: undefined,
    importID: "",
    retainOnDelete: false,
    deletedWith: undefined,
    created: undefined,
    modified: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    ...given,
  };
}

/** Everything that a resource can't be without: its parent, its dependencies, its provider. */
export function neededBy(state: ResourceState): Set<Urn> {
  const needed = new Set([...state.dependencies, ...Object.values(state.propertyDependencies).flat()]);
  if (state.parent !== undefined) needed.add(state.parent);
  if (state.deletedWith !== undefined) needed.add(state.deletedWith);
  if (state.provider !== "") needed.add(state.provider.slice(0, state.provider.lastIndexOf("::")));
  return needed;
}

/** Whether the state of a resource that did not change in the world must be written down all the same. */
export function differs(old: ResourceState, now: ResourceState): boolean {
  const { inputs: oldInputs, outputs: oldOutputs, ...old_ } = old;
  const { inputs, outputs, ...now_ } = now;
  return (
    !equal(oldInputs, inputs) || !equal(oldOutputs, outputs) || JSON.stringify(old_) !== JSON.stringify(now_)
  );
}
