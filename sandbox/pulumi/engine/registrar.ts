import { converge } from "./convergence";
import { ResourceFailure, StoppedError } from "./failures";
import type { Goal, ReadGoal } from "./goal";
import { packageConfiguration } from "./providerRegistry";
import { newState, type ResourceState } from "./resourceState";
import { readResource, takeOver } from "./takingOver";
import type { UpdateContext } from "./updateContext";
import { makeUrn, providerTypeOf, type Urn } from "./urn";

/** Brings about the resources that a program registers, many at once. */
export class Registrar {
  readonly #context: UpdateContext;
  readonly #defaultProviders = new Map<string, Promise<string>>();

  constructor(context: UpdateContext) {
    this.#context = context;
  }

  /**
   * Makes a resource what the program wants it to be.
   *
   * @throws StoppedError when that failed, which is reported by then, or was not begun.
   */
  register(wanted: Goal): Promise<ResourceState> {
    const goal = this.#inheriting(wanted);
    const urn = makeUrn({ ...this.#context.target, ...goal });
    return this.#reporting(urn, () => this.#register(urn, goal));
  }

  /**
   * Looks at somebody's resource and notes it in the stack.
   *
   * @throws StoppedError as above.
   */
  read(goal: ReadGoal): Promise<ResourceState> {
    const { target, ledger } = this.#context;
    const of = { ...target, ...goal };
    const urn = makeUrn(of);
    return this.#reporting(urn, () => {
      ledger.claim(urn);
      return readResource(urn, goal, ledger.continuing(urn, of, []), this.#context);
    });
  }

  /**
   * The provider of resources that name none, made when it is first needed.
   *
   * @param version of the package's SDK; empty when it has none.
   * @returns its reference.
   */
  defaultProvider(packageName: string, version: string): Promise<string> {
    const key = `${packageName}@${version}`;
    const known = this.#defaultProviders.get(key);
    if (known !== undefined) return known;
    const goal = defaultProviderGoal(packageName, version, this.#context);
    const made = this.register(goal).then(({ urn, id }) => `${urn}::${id}`);
    this.#defaultProviders.set(key, made);
    return made;
  }

  async #register(urn: Urn, goal: Goal): Promise<ResourceState> {
    const { target, ledger } = this.#context;
    ledger.claim(urn);
    const old = ledger.continuing(urn, { ...target, ...goal }, goal.aliases);
    ledger.noteGoal(urn, goal);
    const now = stateFor(urn, goal, old);
    if (!isToBeTakenOver(goal, old)) return converge(goal, now, old, false, this.#context);
    await takeOver(now, old, this.#context);
    return converge(goal, stateFor(urn, goal, now), now, true, this.#context);
  }

  /** A child is protected, kept and deleted as its parent is, unless it says otherwise. */
  #inheriting(goal: Goal): Goal {
    const parent = this.#context.ledger.goalOf(goal.parent);
    return {
      ...goal,
      protect: goal.protect ?? parent?.protect,
      retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete,
      deletedWith: goal.deletedWith ?? parent?.deletedWith,
    };
  }

  /** Whatever goes wrong is reported once, and stops the update. */
  async #reporting<T>(urn: Urn, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoppedError) throw error;
      const at = error instanceof ResourceFailure ? error.urn : urn;
      this.#context.executor.fail(at, error instanceof Error ? error.message : String(error));
      throw new StoppedError();
    }
  }
}

/** Whether a resource is there already and not ours yet. */
function isToBeTakenOver(goal: Goal, old: ResourceState | undefined): boolean {
  if (!goal.custom || goal.importId === "") return false;
  if (old === undefined || old.external) return true;
  return goal.importId !== (old.importID === "" ? old.id : old.importID);
}

/** A resource as the program wants it, before anything is done. */
function stateFor(urn: Urn, goal: Goal, old: ResourceState | undefined): ResourceState {
  return newState({
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.properties,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    aliases: old !== undefined && old.urn !== urn ? [old.urn] : [],
    customTimeouts: goal.customTimeouts,
    importID: goal.importId,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    created: old?.created,
    modified: old?.modified,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  });
}

function defaultProviderGoal(packageName: string, version: string, { target }: UpdateContext): Goal {
  return {
    type: providerTypeOf(packageName),
    name: version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`,
    custom: true,
    properties: {
      ...packageConfiguration(packageName, target.config),
      ...(version !== "" && { version }),
    },
    parent: undefined,
    protect: undefined,
    dependencies: [],
    propertyDependencies: {},
    provider: "",
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    importId: "",
    customTimeouts: undefined,
    retainOnDelete: undefined,
    deletedWith: undefined,
  };
}
