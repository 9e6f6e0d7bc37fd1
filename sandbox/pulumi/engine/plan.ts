import { randomBytes } from "node:crypto";
import { ResourceFailure } from "./failures";
import type { Goal } from "./goal";
import { deviations, NO_DIFF, planDiff, type PlanDiff } from "./planDiff";
import type { PropertyMap } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import type { Operation } from "./step";
import { UNKNOWN_ID, type Urn } from "./urn";

/** What an update is to do, of all resources by their names. */
export type Plan = ReadonlyMap<Urn, ResourcePlan>;

/** What an update is to do with one resource. */
export interface ResourcePlan {
  /** What names are made up from, so that the update makes up the same ones. */
  seed: Uint8Array | undefined;
  /** None where it is only deleted. */
  goal: PlannedGoal | undefined;
  /** In their order. */
  readonly operations: Operation[];
}

/** A resource as the program wants it, and how its properties get there. */
export interface PlannedGoal {
  readonly options: GoalOptions;
  readonly inputs: PlanDiff;
  outputs: PlanDiff;
}

/** Of a goal, what has to be the same in the update. */
export type GoalOptions = Pick<
  Goal,
  | "custom"
  | "provider"
  | "parent"
  | "protect"
  | "deleteBeforeReplace"
  | "importId"
  | "customTimeouts"
  | "ignoreChanges"
  | "additionalSecretOutputs"
  | "dependencies"
  | "propertyDependencies"
>;

/** Follows what an update does: to write a plan, or to hold it against one. */
export interface PlanKeeper {
  /** What names of a resource are made up from. */
  seedFor(urn: Urn): Uint8Array;
  /** The program wants a resource with these inputs. @throws ResourceFailure when the plan has it otherwise. */
  wants(goal: Goal, old: ResourceState | undefined, now: ResourceState): void;
  /** A resource is about to be operated on. @throws ResourceFailure when the plan has it otherwise. */
  does(urn: Urn, operation: Operation): void;
  /** A component, or the stack, has its outputs. @throws ResourceFailure when the plan has them otherwise. */
  puts(urn: Urn, olds: PropertyMap, outputs: PropertyMap): void;
  /** All is done. @returns what the plan has and nobody did. */
  missing(before: readonly ResourceState[]): readonly ResourceFailure[];
}

/** Of these the plan knows nothing: they look at things. */
const UNPLANNED: ReadonlySet<Operation> = new Set(["refresh", "read", "read-replacement"]);

/** No plan is wanted, and none is there. */
export const planless: PlanKeeper = {
  seedFor: () => randomBytes(32),
  wants: () => undefined,
  does: () => undefined,
  puts: () => undefined,
  missing: () => [],
};

/** Writes a plan, while a preview is made. */
export class PlanWriter implements PlanKeeper {
  readonly #plans = new Map<Urn, ResourcePlan>();

  get plan(): Plan {
    return this.#plans;
  }

  seedFor(urn: Urn): Uint8Array {
    return (this.#planOf(urn).seed ??= randomBytes(32));
  }

  wants(goal: Goal, old: ResourceState | undefined, { urn, inputs }: ResourceState): void {
    this.#planOf(urn).goal = {
      options: optionsOf(goal),
      inputs: planDiff(old?.inputs ?? {}, inputs),
      outputs: NO_DIFF,
    };
  }

  does(urn: Urn, operation: Operation): void {
    if (!UNPLANNED.has(operation)) this.#planOf(urn).operations.push(operation);
  }

  puts(urn: Urn, olds: PropertyMap, outputs: PropertyMap): void {
    const { goal } = this.#planOf(urn);
    if (goal !== undefined) goal.outputs = planDiff(olds, outputs);
  }

  missing(): readonly ResourceFailure[] {
    return [];
  }

  #planOf(urn: Urn): ResourcePlan {
    const known = this.#plans.get(urn) ?? { seed: undefined, goal: undefined, operations: [] };
    this.#plans.set(urn, known);
    return known;
  }
}

/** Holds an update against a plan: it may do less, and nothing more or else. */
export class PlanGuard implements PlanKeeper {
  readonly #plan: Plan;
  readonly #ahead: ReadonlyMap<Urn, Operation[]>;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#ahead = new Map([...plan].map(([urn, { operations }]) => [urn, [...operations]]));
  }

  seedFor(urn: Urn): Uint8Array {
    return this.#plan.get(urn)?.seed ?? randomBytes(32);
  }

  wants(goal: Goal, old: ResourceState | undefined, { urn, inputs }: ResourceState): void {
    const planned = this.#plan.get(urn);
    // What is not in the plan must stay as it is; whether it is there already, its operation tells.
    if (planned === undefined && old === undefined) return;
    const reason =
      planned === undefined
        ? inputsChanged(old?.inputs ?? {}, inputs, NO_DIFF)
        : planned.goal === undefined
          ? "resource unexpectedly not deleted"
          : (optionsChanged(planned.goal.options, optionsOf(goal)) ??
            inputsChanged(old?.inputs ?? {}, inputs, planned.goal.inputs));
    if (reason !== undefined) throw new ResourceFailure(urn, `resource ${urn} violates plan: ${reason}`);
  }

  does(urn: Urn, operation: Operation): void {
    if (UNPLANNED.has(operation)) return;
    const ahead = this.#ahead.get(urn);
    const refused = (why: string) =>
      new ResourceFailure(urn, `${operation} is not allowed by the plan: ${why}`);
    if (ahead === undefined) {
      if (operation !== "same") throw refused("no steps were expected for this resource");
      return;
    }
    const planned = ahead.shift();
    if (planned === undefined) throw refused("no more steps were expected for this resource");
    if (!isWithin(operation, planned)) throw refused(`this resource is constrained to ${planned}`);
  }

  puts(urn: Urn, olds: PropertyMap, outputs: PropertyMap): void {
    const goal = this.#plan.get(urn)?.goal;
    if (goal === undefined) throw new ResourceFailure(urn, `no plan for resource ${urn}`);
    const reason = inputsChanged(olds, outputs, goal.outputs);
    if (reason !== undefined) throw new ResourceFailure(urn, `resource violates plan: ${reason}`);
  }

  missing(before: readonly ResourceState[]): readonly ResourceFailure[] {
    const there = new Set(before.map(({ urn }) => urn));
    return [...this.#ahead].flatMap(([urn, ahead]) => {
      const isGoneAlready = ahead.length === 1 && ahead[0] === "delete" && !there.has(urn);
      if (ahead.length === 0 || isGoneAlready) return [];
      return [new ResourceFailure(urn, `expected resource operations for ${urn} but none were seen`)];
    });
  }
}

/** Whether an operation does no more than the planned one. */
function isWithin(operation: Operation, planned: Operation): boolean {
  if (operation === planned) return true;
  if (planned === "create" || planned === "update") return operation === "same";
  const replaces = planned === "replace" || planned === "create-replacement" || planned === "delete-replaced";
  return replaces && (operation === "same" || operation === "update");
}

function inputsChanged(olds: PropertyMap, news: PropertyMap, planned: PlanDiff): string | undefined {
  const found = deviations(olds, news, planned);
  return found.length === 0 ? undefined : `properties changed: ${found.join(", ")}`;
}

function optionsOf(goal: Goal): GoalOptions {
  const { custom, provider, parent, protect, deleteBeforeReplace, importId, customTimeouts } = goal;
  const { ignoreChanges, additionalSecretOutputs, dependencies, propertyDependencies } = goal;
  return {
    custom,
    provider,
    parent,
    protect,
    deleteBeforeReplace,
    importId,
    customTimeouts,
    ignoreChanges,
    additionalSecretOutputs,
    dependencies,
    propertyDependencies,
  };
}

/** The first option that is another one than planned, in Pulumi's words. */
function optionsChanged(planned: GoalOptions, now: GoalOptions): string | undefined {
  if (planned.custom !== now.custom)
    return `resource kind changed (expected ${planned.custom ? "custom" : "component"})`;
  if (!isSameProvider(planned.provider, now.provider))
    return `provider changed (expected ${planned.provider})`;
  if (planned.parent !== now.parent) return `parent changed (expected ${planned.parent ?? ""})`;
  const protect = planned.protect ?? false;
  if (protect !== (now.protect ?? false)) return `protect changed (expected ${String(protect)})`;
  if (planned.deleteBeforeReplace !== now.deleteBeforeReplace)
    return `deleteBeforeReplace changed (expected ${String(planned.deleteBeforeReplace ?? "no value")})`;
  if (planned.importId !== now.importId) return `importID changed (expected ${planned.importId})`;
  for (const kind of ["create", "update", "delete", "read"] as const) {
    const timeout = planned.customTimeouts?.[kind] ?? 0;
    if (timeout !== (now.customTimeouts?.[kind] ?? 0)) return `${kind} timeout changed (expected ${timeout})`;
  }
  for (const kind of ["ignoreChanges", "additionalSecretOutputs", "dependencies"] as const) {
    const difference = setsDiffer(planned[kind], now[kind]);
    if (difference !== undefined) return `${kind} changed: ${difference}`;
  }
  for (const [key, urns] of Object.entries(planned.propertyDependencies)) {
    const difference = setsDiffer(urns, now.propertyDependencies[key] ?? urns);
    if (difference !== undefined) return `dependencies for ${key} changed: ${difference}`;
  }
  return undefined;
}

/** A provider that was yet to be made had no ID. */
function isSameProvider(planned: string, now: string): boolean {
  if (planned === now) return true;
  const at = planned.lastIndexOf("::");
  return planned.slice(at + 2) === UNKNOWN_ID && planned.slice(0, at) === now.slice(0, now.lastIndexOf("::"));
}

function setsDiffer(planned: readonly string[], now: readonly string[]): string | undefined {
  const added = now.filter((each) => !planned.includes(each)).sort();
  const deleted = planned.filter((each) => !now.includes(each)).sort();
  const parts = [
    ...(added.length > 0 ? [`added ${added.join(", ")}`] : []),
    ...(deleted.length > 0 ? [`deleted ${deleted.join(", ")}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}
