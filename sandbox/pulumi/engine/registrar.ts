import { aliasUrns } from "./aliases";
import { ResourceFailure, StoppedError, type Executor } from "./executor";
import type { EventLog } from "./eventLog";
import type { Goal, ReadGoal } from "./goal";
import { componentManager, providerManager, resourceManager, type Manager } from "./manager";
import type { CheckFailure } from "./provider";
import { packageConfiguration, type ProviderRegistry, type RuntimeConfig } from "./providerRegistry";
import { parsePropertyPath, resetAt } from "./propertyPath";
import { isSecret, revealed, UNKNOWN, type PropertyMap } from "./propertyValues";
import { newState, type ResourceState } from "./resourceState";
import type { Step } from "./step";
import { needsReplacement, stepFor, withReplaceOnChanges, type ProviderDiff } from "./stepFor";
import { dependentsOf } from "./stepOrder";
import { isProviderType, makeUrn, packageOf, parseProviderReference, providerTypeOf, type Urn } from "./urn";

/** The stack that is being updated. */
export interface Target {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly config: RuntimeConfig;
}

/** What resources are brought about with. */
export interface RegistrarOptions {
  readonly target: Target;
  /** The stack before. */
  readonly olds: readonly ResourceState[];
  readonly registry: ProviderRegistry;
  readonly executor: Executor;
  readonly events: EventLog;
  readonly now: () => string;
}

/** Brings about the resources that a program registers, one at a time and many at once. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #olds: ReadonlyMap<Urn, ResourceState>;
  readonly #seen = new Set<Urn>();
  /** Which old resources go on under which name. */
  readonly #continued = new Map<Urn, Urn>();
  /** The name that a resource had before. */
  readonly #formerly = new Map<Urn, Urn>();
  readonly #gone = new Set<Urn>();
  readonly #deletedEarly = new Set<ResourceState>();
  /** What of a resource that was deleted early makes its replacement necessary. */
  readonly #condemnedFor = new Map<Urn, readonly string[]>();
  readonly #replaced = new Set<Urn>();
  readonly #steps = new Map<Urn, Step>();
  readonly #goals = new Map<Urn, Goal>();
  readonly #defaultProviders = new Map<string, Promise<string>>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#olds = new Map(options.olds.filter((old) => !old.delete).map((old) => [old.urn, old]));
  }

  /** Resources of the stack that nobody registered, and those that were replaced: what is to be deleted. */
  leftovers(): ResourceState[] {
    return this.#options.olds.filter((old) => {
      const isUnwanted = old.delete || !this.#continued.has(old.urn);
      return isUnwanted && (!this.#deletedEarly.has(old) || old.pendingReplacement);
    });
  }

  /** URNs of what was deleted, so that what goes with it needs no deleting of its own. */
  get gone(): Set<Urn> {
    return this.#gone;
  }

  /** The state of a resource that was registered in this update; undefined when it wasn't. */
  stateOf(urn: Urn): ResourceState | undefined {
    return this.#steps.get(urn)?.new;
  }

  /** What was done with a resource in this update. */
  stepOf(urn: Urn): Step | undefined {
    return this.#steps.get(urn);
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
    const made = this.#makeDefaultProvider(packageName, version);
    this.#defaultProviders.set(key, made);
    return made;
  }

  async #makeDefaultProvider(packageName: string, version: string): Promise<string> {
    const state = await this.register({
      type: providerTypeOf(packageName),
      name: version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`,
      custom: true,
      properties: {
        ...packageConfiguration(packageName, this.#options.target.config),
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
    });
    return `${state.urn}::${state.id}`;
  }

  /**
   * Makes a resource what the program wants it to be.
   *
   * @throws StoppedError when that failed, which is reported by then, or was not begun.
   */
  async register(wanted: Goal): Promise<ResourceState> {
    const goal = this.#inheriting(wanted);
    const urn = makeUrn({ ...this.#options.target, ...goal });
    try {
      return await this.#register(goal, urn);
    } catch (error) {
      throw this.#reported(urn, error);
    }
  }

  /** An error as what it means for others: somebody reported it, so the update stops. */
  #reported(urn: Urn, error: unknown): StoppedError {
    if (error instanceof StoppedError) return error;
    this.#options.executor.fail(
      error instanceof ResourceFailure ? error.urn : urn,
      error instanceof Error ? error.message : String(error),
    );
    return new StoppedError();
  }

  /** A child is protected, kept and deleted as its parent is, unless it says otherwise. */
  #inheriting(goal: Goal): Goal {
    const parent = goal.parent === undefined ? undefined : this.#goals.get(goal.parent);
    return {
      ...goal,
      protect: goal.protect ?? parent?.protect,
      retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete,
      deletedWith: goal.deletedWith ?? parent?.deletedWith,
    };
  }

  async #register(goal: Goal, urn: Urn): Promise<ResourceState> {
    const { executor } = this.#options;
    this.#claim(urn);
    const old = this.#oldOf(goal, urn);
    this.#goals.set(urn, goal);
    const now = this.#stateFor(goal, urn, old);
    const manager = this.#managerOf(now);

    const isGone = old !== undefined && this.#gone.has(old.urn);
    const importedBefore = old === undefined || old.importID === "" ? old?.id : old.importID;
    if (
      goal.custom &&
      goal.importId !== "" &&
      (old === undefined || old.external || importedBefore !== goal.importId)
    ) {
      const taken = await this.#import(now, goal, old);
      return this.#converge(goal, this.#stateFor(goal, urn, taken), taken, manager, {
        isGone: false,
        wasImported: true,
      });
    }
    if (executor.stopped !== undefined) throw new StoppedError();
    return this.#converge(goal, now, old, manager, { isGone, wasImported: false });
  }

  #claim(urn: Urn): void {
    if (this.#seen.has(urn))
      throw new ResourceFailure(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.#seen.add(urn);
  }

  /** What a resource was before, by its name or by one that it had. */
  #oldOf(goal: Pick<Goal, "type" | "name" | "parent" | "aliases">, urn: Urn): ResourceState | undefined {
    const parentWas = goal.parent === undefined ? undefined : this.#formerly.get(goal.parent);
    const names = [urn, ...aliasUrns({ ...this.#options.target, ...goal }, goal.aliases, parentWas)];
    const old = names.map((name) => this.#olds.get(name)).find((state) => state !== undefined);
    if (old === undefined) return undefined;
    const other = this.#continued.get(old.urn);
    if (other !== undefined && other !== urn)
      throw new ResourceFailure(
        urn,
        `Duplicate resource alias '${old.urn}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
      );
    this.#continued.set(old.urn, urn);
    if (old.urn !== urn) this.#formerly.set(urn, old.urn);
    return old;
  }

  #stateFor(goal: Goal, urn: Urn, old: ResourceState | undefined): ResourceState {
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

  #managerOf(state: ResourceState): Manager {
    const { registry, executor } = this.#options;
    if (!state.custom) return componentManager;
    if (isProviderType(state.type)) return providerManager(registry, executor.preview);
    return resourceManager(registry.get(state.provider), executor.preview);
  }

  /** Takes over what is there already. */
  async #import(now: ResourceState, goal: Goal, old: ResourceState | undefined): Promise<ResourceState> {
    const { executor, registry } = this.#options;
    const isReplacement = old !== undefined;
    const op = isReplacement ? "import-replacement" : "import";
    const { urn, type, provider, importID } = now;
    const step: Step = { op, urn, type, provider, old, new: now, logical: !isReplacement };
    this.#steps.set(urn, step);
    await executor.run(step, async () => {
      const found = await registry
        .get(provider)
        .read(urn, importID, undefined, goal.customTimeouts?.read ?? 0);
      if (found === undefined) throw new Error(`resource '${importID}' does not exist`);
      if (found.inputs === undefined)
        throw new Error(
          `provider does not support importing resources; please try updating the '${packageOf(type)}' plugin`,
        );
      now.id = found.id;
      now.inputs = found.inputs;
      now.outputs = found.outputs;
      now.created = now.modified = this.#options.now();
      if (old === undefined) step.old = { ...now, created: undefined, modified: undefined };
      else old.delete = true;
    });
    if (isReplacement) await this.#announceReplacement(old, now, undefined);
    return now;
  }

  /** Brings a resource from what it is to what it should be. */
  async #converge(
    goal: Goal,
    now: ResourceState,
    old: ResourceState | undefined,
    manager: Manager,
    circumstances: { isGone: boolean; wasImported: boolean },
  ): Promise<ResourceState> {
    const { executor } = this.#options;
    const { isGone, wasImported } = circumstances;
    // What somebody else owned, or what is gone, says nothing about what is to come.
    const kept = old === undefined || isGone || old.external || old.pendingReplacement ? undefined : old;
    await this.#check(now, kept?.inputs ?? {}, this.#keepIgnored(goal, now, kept), manager);
    const diff = kept === undefined ? undefined : await this.#diff(goal, kept, now, manager);
    const decision = stepFor(old, diff, { deleteBeforeReplace: goal.deleteBeforeReplace, isGone });

    const { urn, type, provider } = now;
    const reasons = { keys: diff?.replaceKeys, diffs: diff?.changedKeys, detailedDiff: diff?.detailedDiff };
    const step = (op: Step["op"], logical: boolean): Step => ({
      op,
      urn,
      type,
      provider,
      old,
      new: now,
      logical,
      ...reasons,
    });
    const create = async () => {
      const result = await manager.create(now);
      Object.assign(now, { id: result.id, outputs: result.outputs, initErrors: result.initErrors });
      now.created = now.modified = this.#options.now();
    };

    switch (decision.kind) {
      case "create":
        await this.#do(step("create", true), create);
        break;
      case "update":
        if (old === undefined) throw new Error(`nothing to update: ${urn}`);
        await this.#do(step("update", true), async () => {
          now.id = old.id;
          const result = await manager.update(old, now);
          Object.assign(now, { outputs: result.outputs, initErrors: result.initErrors });
          now.created = old.created;
          now.modified = this.#options.now();
        });
        break;
      case "same":
        if (old === undefined) throw new Error(`nothing to keep: ${urn}`);
        // Just taken over and as it should be: that was all.
        if (wasImported) return old;
        await this.#do({ ...step("same", true), keys: [], diffs: [], detailedDiff: undefined }, async () => {
          Object.assign(now, { id: old.id, outputs: old.outputs, initErrors: old.initErrors });
          now.created = old.created;
          now.modified = old.modified;
          await manager.same(now);
        });
        break;
      case "replace":
        if (old === undefined) throw new Error(`nothing to replace: ${urn}`);
        this.#refuseReplacement(goal, old, now);
        this.#replaced.add(urn);
        // What was taken over from the old one with its inputs does not count for a new one.
        if (kept !== undefined) await this.#check(now, {}, goal.properties, manager);
        if (decision.order === "deleteFirst") await this.#deleteFirst(old);
        if (decision.order !== "createFirst") await this.#announceReplacement(old, now, diff);
        const keys = diff?.replaceKeys ?? this.#condemnedFor.get(urn);
        await this.#do({ ...step("create-replacement", false), keys }, async () => {
          await create();
          if (decision.order === "createFirst") old.delete = true;
        });
        if (decision.order === "createFirst") await this.#announceReplacement(old, now, diff);
        break;
    }
    if (executor.stopped === "interrupted") throw new StoppedError();
    return now;
  }

  /** The inputs, with those that are to be ignored as they were. */
  #keepIgnored(goal: Goal, now: ResourceState, old: ResourceState | undefined): PropertyMap {
    if (old === undefined) return now.inputs;
    const unheeded: string[] = [];
    const inputs = goal.ignoreChanges.reduce<PropertyMap>((sofar, text) => {
      const result = resetAt(parsePropertyPath(text), old.inputs, sofar);
      if (result === undefined) unheeded.push(text);
      return result ?? sofar;
    }, now.inputs);
    if (unheeded.length > 0)
      this.#options.events.diagnostic(
        "info",
        `cannot ignore changes in added or removed elements of the path: "${unheeded.join(", ")}"`,
        now.urn,
      );
    return inputs;
  }

  /** @throws ResourceFailure when the provider does not accept the inputs. */
  async #check(now: ResourceState, olds: PropertyMap, news: PropertyMap, manager: Manager): Promise<void> {
    const { inputs, failures } = await manager.check(now.urn, olds, news);
    now.inputs = inputs;
    if (failures.length === 0) return;
    for (const failure of failures)
      this.#options.events.diagnostic("error", checkMessage(now, failure), now.urn);
    this.#options.executor.stop("failed");
    throw new StoppedError();
  }

  async #diff(goal: Goal, old: ResourceState, now: ResourceState, manager: Manager): Promise<ProviderDiff> {
    const because = (key: string): ProviderDiff => ({
      changes: "some",
      replaceKeys: [key],
      changedKeys: [],
      detailedDiff: undefined,
      deleteBeforeReplace: false,
    });
    if (now.deletedWith !== undefined && this.#replaced.has(now.deletedWith)) return because("deletedWith");
    if (await this.#hasOtherProvider(old, now)) return because("provider");
    if (now.custom && !isProviderType(now.type) && !this.#options.registry.get(now.provider).isConfigured) {
      this.#options.events.diagnostic(
        "warning",
        "The provider for this resource has inputs that are not known during preview.\n" +
          "This preview may not correctly represent the changes that will be applied during an update.",
        now.urn,
      );
      return { ...because("provider"), replaceKeys: [] };
    }
    const diff = await manager.diff(old, now.inputs, goal.ignoreChanges);
    return withReplaceOnChanges(diff, goal.replaceOnChanges);
  }

  /** Whether the resource is of another provider now, one that can't go on with what the other one made. */
  async #hasOtherProvider(old: ResourceState, now: ResourceState): Promise<boolean> {
    if (old.provider === now.provider) return false;
    if (old.provider === "" || now.provider === "") return true;
    const before = parseProviderReference(old.provider);
    const after = parseProviderReference(now.provider);
    if (this.#continued.get(before.urn) === after.urn && before.urn !== after.urn) return false;
    const beforeState = this.#olds.get(before.urn);
    const afterState = this.stateOf(after.urn);
    if (beforeState === undefined || afterState === undefined) return true;
    const diff = await this.#options.registry.diffOfChange(now.provider, beforeState, afterState.inputs);
    return diff !== undefined && needsReplacement(diff);
  }

  /** @throws ResourceFailure for what must not be replaced. A preview goes on, to show why it would be. */
  #refuseReplacement(goal: Goal, old: ResourceState, now: ResourceState): void {
    const { executor, events } = this.#options;
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

  /** Deletes a resource, and before it everything that has to be replaced with it. */
  async #deleteFirst(old: ResourceState): Promise<void> {
    const condemned = (await this.#replacedWith(old)).reverse();
    for (const dependent of condemned) {
      if (dependent.protect)
        throw new ResourceFailure(
          dependent.urn,
          `unable to replace resource "${dependent.urn}" as part of replacing "${old.urn}" as it is currently ` +
            "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in " +
            "your Pulumi program and run `pulumi up`",
        );
    }
    for (const state of [...condemned, old]) await this.#deleteForReplacement(state);
  }

  async #deleteForReplacement(old: ResourceState): Promise<void> {
    if (this.#deletedEarly.has(old) || old.pendingReplacement) return;
    const { registry, executor } = this.#options;
    this.#gone.add(old.urn);
    this.#deletedEarly.add(old);
    if (old.provider !== "") await registry.ensure(old.provider, this.#olds);
    const { urn, type, provider } = old;
    await executor.run({ op: "delete-replaced", urn, type, provider, old, logical: false }, async () => {
      if (executor.preview) return;
      if (old.custom && !old.external && !old.retainOnDelete) await this.#managerOf(old).delete(old);
      old.pendingReplacement = true;
    });
  }

  /** What depends on a resource in such a way that it has to be replaced with it, in the order of the stack. */
  async #replacedWith(root: ResourceState): Promise<ResourceState[]> {
    const { registry } = this.#options;
    const replaced = new Set([root.urn]);
    const result: ResourceState[] = [];
    for (const state of dependentsOf(root.urn, this.#options.olds)) {
      if (!state.custom || state.external || this.#steps.has(state.urn)) continue;
      const isCondemned = async () => {
        if (state.provider !== "" && replaced.has(parseProviderReference(state.provider).urn)) return true;
        if (state.deletedWith !== undefined && replaced.has(state.deletedWith)) return true;
        const unknown = Object.entries(state.propertyDependencies).filter(([, urns]) =>
          urns.some((urn) => replaced.has(urn)),
        );
        if (unknown.length === 0 || state.provider === "") return false;
        await registry.ensure(state.provider, this.#olds);
        const inputs = { ...state.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, UNKNOWN])) };
        const diff = await resourceManager(registry.get(state.provider), true).diff(
          state,
          inputs,
          state.ignoreChanges,
        );
        const wholeDiff = withReplaceOnChanges(diff, state.replaceOnChanges);
        this.#condemnedFor.set(state.urn, wholeDiff.replaceKeys);
        return needsReplacement(wholeDiff);
      };
      if (!(await isCondemned())) continue;
      replaced.add(state.urn);
      result.push(state);
    }
    return result;
  }

  /** Tells that a resource is replaced: a step in which nothing is done. */
  async #announceReplacement(
    old: ResourceState,
    now: ResourceState,
    diff: ProviderDiff | undefined,
  ): Promise<void> {
    const { urn, type, provider } = now;
    const step: Step = {
      op: "replace",
      urn,
      type,
      provider,
      old,
      new: now,
      logical: true,
      keys: diff?.replaceKeys,
      diffs: diff?.changedKeys,
      detailedDiff: diff?.detailedDiff,
    };
    await this.#options.executor.run(step, () => Promise.resolve());
  }

  async #do(step: Step, work: () => Promise<void>): Promise<void> {
    this.#steps.set(step.urn, step);
    await this.#options.executor.run(step, work);
  }

  /** Looks at somebody's resource and notes it in the stack. */
  async read(goal: ReadGoal): Promise<ResourceState> {
    const urn = makeUrn({ ...this.#options.target, ...goal });
    try {
      return await this.#read(goal, urn);
    } catch (error) {
      throw this.#reported(urn, error);
    }
  }

  async #read(goal: ReadGoal, urn: Urn): Promise<ResourceState> {
    const { registry } = this.#options;
    this.#claim(urn);
    const old = this.#oldOf({ ...goal, aliases: [] }, urn);
    const now = newState({
      urn,
      type: goal.type,
      custom: true,
      external: true,
      id: goal.id,
      inputs: goal.properties,
      parent: goal.parent,
      dependencies: goal.dependencies,
      provider: goal.provider,
      additionalSecretOutputs: goal.additionalSecretOutputs,
      created: old?.created,
      modified: old?.modified,
    });
    const isReplacement = old !== undefined && !old.external;
    const { type, provider } = now;
    const op = isReplacement ? "read-replacement" : "read";
    const step: Step = { op, urn, type, provider, old, new: now, logical: !isReplacement };
    await this.#do(step, async () => {
      if (goal.id === UNKNOWN) return;
      const known = { inputs: goal.properties, outputs: goal.properties };
      const found = await registry.get(provider).read(urn, goal.id, known, 0);
      if (found === undefined) throw new Error(`resource '${goal.id}' does not exist`);
      now.id = found.id;
      now.outputs = found.outputs;
      if (isReplacement) old.delete = true;
    });
    if (isReplacement) await this.#announceReplacement(old, now, undefined);
    return now;
  }
}

function checkMessage(state: ResourceState, failure: CheckFailure): string {
  const { name, type } = { name: state.urn.slice(state.urn.lastIndexOf("::") + 2), type: state.type };
  if (failure.property === "") return `${type} resource '${name}' has a problem: ${failure.reason}`;
  const value = state.inputs[failure.property];
  const shown = isSecret(value) ? "[secret]" : JSON.stringify(value === undefined ? null : revealed(value));
  return `${type} resource '${name}': property ${failure.property} value ${shown} has a problem: ${failure.reason}`;
}
