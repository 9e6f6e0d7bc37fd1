import type { Caller } from "../callers";
import type { Clock } from "../clock";
import type { FaultKindName } from "./faultKinds";
import type { FaultRule } from "./faultRule";

/** A call, as rules look at it. */
export interface FaultedCall {
  /** As it is in IAM policies: ec2, autoscaling, eks. */
  readonly service: string;
  readonly action: string;
  readonly caller: Caller;
}

/** A rule that was added, and what came of it. */
export interface Fault extends FaultRule {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Calls that it could have hit. */
  readonly seen: number;
  /** Calls that it did hit. */
  readonly hits: number;
  /** Whether its time or its number of calls is up. */
  readonly isOver: boolean;
}

/** The faults of a sandbox's AWS. */
export interface Faults {
  add(rule: FaultRule): Fault;
  /** All that were added and not removed, the oldest first. */
  list(): Fault[];
  /** @returns how many there were: those of that id, or all. */
  remove(id?: string): number;
  /** Whether a rule of the kind is in force, for a call or for any; nothing is counted. */
  watches(kind: FaultKindName, call?: FaultedCall): boolean;
  /**
   * The first rule of these kinds that hits a call, which is counted.
   *
   * @param applies whether a rule's own members fit the call. @default they do
   */
  strike(
    kinds: readonly FaultKindName[],
    call: FaultedCall,
    applies?: (rule: FaultRule) => boolean,
  ): FaultRule | undefined;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  readonly pattern: RegExp;
  readonly addedAt: number;
  seen: number;
  hits: number;
}

/** An AWS in which nothing goes wrong yet. */
export function faultRegister(clock: Pick<Clock, "now">): Faults {
  let made = 0;
  let entries: Entry[] = [];

  const isOver = ({ rule, hits, addedAt }: Entry): boolean =>
    hits >= (rule.times ?? Infinity) || clock.now() >= addedAt + (rule.for ?? Infinity) * 1000;
  const concerns = (entry: Entry, { service, action, caller }: FaultedCall): boolean =>
    (entry.rule.from === "anyone" || entry.rule.from === caller) &&
    entry.pattern.test(`${service}:${action}`) &&
    !isOver(entry);
  const described = (entry: Entry): Fault => {
    const { id, rule, addedAt, seen, hits } = entry;
    return { id, ...rule, addedAt, seen, hits, isOver: isOver(entry) };
  };

  return {
    add: (rule) => {
      const entry = {
        id: `f-${++made}`,
        rule,
        pattern: patternOf(rule.action),
        addedAt: clock.now(),
        seen: 0,
        hits: 0,
      };
      entries.push(entry);
      return described(entry);
    },
    list: () => entries.map(described),
    remove: (id) => {
      const left = entries.filter((entry) => id !== undefined && entry.id !== id);
      const removed = entries.length - left.length;
      entries = left;
      return removed;
    },
    watches: (kind, call) =>
      entries.some(
        (entry) => entry.rule.kind === kind && (call === undefined ? !isOver(entry) : concerns(entry, call)),
      ),
    strike: (kinds, call, applies = () => true) => {
      for (const entry of entries) {
        const { rule } = entry;
        if (!kinds.includes(rule.kind) || !concerns(entry, call) || !applies(rule)) continue;
        entry.seen += 1;
        if (entry.seen % (rule.every ?? 1) !== 0) continue;
        entry.hits += 1;
        return rule;
      }
      return undefined;
    },
  };
}

function patternOf(action: string): RegExp {
  return new RegExp(`^${action.replaceAll("*", ".*")}$`);
}
