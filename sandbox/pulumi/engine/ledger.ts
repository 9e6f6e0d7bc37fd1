import { aliasUrns, type Alias } from "./aliases";
import { ResourceFailure } from "./failures";
import type { Goal } from "./goal";
import type { ResourceState } from "./resourceState";
import type { Step } from "./step";
import type { Urn } from "./urn";

/** What has become of the resources of a stack in an update so far. */
export class Ledger {
  /** The stack before, in its order. */
  readonly before: readonly ResourceState[];
  /** The same by name, without what was to be deleted even then. */
  readonly olds: ReadonlyMap<Urn, ResourceState>;
  /** Names of what was deleted, so that what goes with it needs no deleting of its own. */
  readonly gone = new Set<Urn>();
  /** Names of what is replaced. */
  readonly replaced = new Set<Urn>();
  /** What was deleted before its replacement is there, and what in it made that necessary. */
  readonly deletedEarly = new Map<ResourceState, readonly string[]>();
  readonly #seen = new Set<Urn>();
  readonly #continued = new Map<Urn, Urn>();
  readonly #formerly = new Map<Urn, Urn>();
  readonly #steps = new Map<Urn, Step>();
  readonly #goals = new Map<Urn, Goal>();

  constructor(before: readonly ResourceState[]) {
    this.before = before;
    this.olds = new Map(before.filter((old) => !old.delete).map((old) => [old.urn, old]));
  }

  /** @throws ResourceFailure when there is one of that name already. */
  claim(urn: Urn): void {
    if (this.#seen.has(urn))
      throw new ResourceFailure(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.#seen.add(urn);
  }

  /**
   * What a resource was before, by its name or by one that it had; it goes on as that from now on.
   *
   * @throws ResourceFailure when another one does so already.
   */
  continuing(
    urn: Urn,
    of: { stack: string; project: string; parent: Urn | undefined; type: string; name: string },
    aliases: readonly Alias[],
  ): ResourceState | undefined {
    const parentWas = of.parent === undefined ? undefined : this.#formerly.get(of.parent);
    const names = [urn, ...aliasUrns(of, aliases, parentWas)];
    const old = names.map((name) => this.olds.get(name)).find((state) => state !== undefined);
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

  /** Whether a resource goes on under another name. */
  isRenamed(before: Urn, after: Urn): boolean {
    return before !== after && this.#continued.get(before) === after;
  }

  noteGoal(urn: Urn, goal: Goal): void {
    this.#goals.set(urn, goal);
  }

  goalOf(urn: Urn | undefined): Goal | undefined {
    return urn === undefined ? undefined : this.#goals.get(urn);
  }

  noteStep(step: Step): void {
    this.#steps.set(step.urn, step);
  }

  /** What was done with a resource in this update. */
  stepOf(urn: Urn): Step | undefined {
    return this.#steps.get(urn);
  }

  /** The state of a resource that was registered in this update; undefined when it wasn't. */
  stateOf(urn: Urn): ResourceState | undefined {
    return this.#steps.get(urn)?.new;
  }

  /** Resources that nobody registered, and those that were replaced: what is to be deleted. */
  leftovers(): ResourceState[] {
    return this.before.filter((old) => {
      const isUnwanted = old.delete || !this.#continued.has(old.urn);
      // What was deleted early is only noted still, so that its replacement could be created.
      return isUnwanted && (!this.deletedEarly.has(old) || old.pendingReplacement);
    });
  }
}
