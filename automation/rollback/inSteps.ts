import type { Problem } from "../../planning/problem";
import { RotationStopped, type BlockedNode, type RotationResult } from "../rotation/result";
import type { RollbackStep } from "./events";
import type { StackRemoved } from "./removeStack";

/** How the way back ended. */
export interface RollbackResult {
  /**
   * `done`: nothing of the pod network is left. `refused`: nothing was touched, because of the problems. Otherwise it
   * ended on the way, and the next call goes on from there: `blocked` by nodes that could not be drained, `paused` as
   * rotations are, `stopped` because of the problems.
   */
  readonly outcome: RotationResult["outcome"];
  /** The last step that was begun; none where none was. */
  readonly step?: RollbackStep | undefined;
  /** Nodes that were replaced, of this process. */
  readonly rotated: readonly string[];
  /** How many earlier processes of it have replaced; 0 where there were none, undefined where that was not looked at. */
  readonly rotatedEarlier: number | undefined;
  readonly blocked: readonly BlockedNode[];
  /** What was deleted of the stack by this process: kinds and names. */
  readonly removed: readonly string[];
  /** How many resources earlier processes of it have deleted; undefined where that was not looked at, or not recorded. */
  readonly removedEarlier: number | undefined;
  /** What others made and the stack has forgotten, by this process: it stays as it is. */
  readonly left: readonly string[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * What the steps of a rollback do. Each can be done again, whole or from the middle, and leaves what is done already as it
 * is: where a rollback stands is seen by what is there.
 *
 * @typeParam Held what is worked with while the lease is held.
 * @typeParam Found what was looked at before the first step.
 */
export interface RollbackActs<Held, Found> {
  /** Whether the stack has nothing any more. */
  readonly isEmpty: () => Promise<boolean>;
  /** Does something while nobody else rotates the cluster. */
  readonly underLease: <R>(act: (held: Held) => Promise<R>) => Promise<R>;
  /** Looks at what is to be done, with what keeps it from starting, or from going on. */
  readonly look: (held: Held) => Promise<Looked<Found>>;
  /** Writes down that it has begun, and sets the CNI as it was. */
  readonly cni: (held: Held, found: Found) => Promise<void>;
  /** Rotates workers back; takes the lease itself. */
  readonly workers: (found: Found) => Promise<RotationResult>;
  /** @returns what people must know. */
  readonly groups: (held: Held, found: Found) => Promise<readonly string[]>;
  /** @returns what is left in the pod subnets; none once they may go. */
  readonly subnets: (held: Held, found: Found) => Promise<readonly Problem[]>;
  /** @returns also how many resources earlier processes have deleted, where that is known. */
  readonly stack: (held: Held) => Promise<StackRemoved & Pick<RollbackResult, "removedEarlier">>;
  readonly records: (held: Held) => Promise<void>;
  /** Deletes the lease, once nobody holds it. */
  readonly deleteLease: () => Promise<void>;
}

/** What was looked at before the first step. */
export interface Looked<Found> {
  readonly found: Found;
  /** Whether an earlier process has begun, so that something was touched. */
  readonly isBegun: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Takes the steps of a rollback in their order, each only when the one before it has ended well: the pod network goes
 * last, when nothing lives on it any more, and with it what is remembered of how things were.
 *
 * @param onStep called as a step begins.
 * @throws whatever a step throws; the next call goes on.
 */
export async function inSteps<Held, Found>(
  acts: RollbackActs<Held, Found>,
  onStep: (step: RollbackStep) => void,
): Promise<RollbackResult> {
  let step: RollbackStep | undefined;
  const begin = (begun: RollbackStep) => {
    step = begun;
    onStep(begun);
  };
  const end = (outcome: RollbackResult["outcome"], given: Partial<RollbackResult> = {}): RollbackResult => {
    const nothing = {
      rotated: [],
      rotatedEarlier: undefined,
      blocked: [],
      removed: [],
      removedEarlier: undefined,
      left: [],
      problems: [],
      notes: [],
    };
    const result = { ...nothing, ...given, outcome, step };
    return { ...result, notes: [...new Set(result.notes)] };
  };

  // What was made is gone: an earlier process ended before it had forgotten what it remembered.
  if (await acts.isEmpty()) {
    await acts.underLease(acts.records);
    await acts.deleteLease();
    return end("done");
  }
  const { found, isBegun, problems } = await acts.underLease(async (held) => {
    const looked = await acts.look(held);
    if (looked.problems.length > 0) return looked;
    begin("cni");
    await acts.cni(held, looked.found);
    return looked;
  });
  if (problems.length > 0) {
    const nobody = { rotatedEarlier: 0, removedEarlier: 0 };
    return isBegun ? end("stopped", { problems }) : end("refused", { ...nobody, problems });
  }

  begin("workers");
  const rotation = await acts.workers(found);
  const { rotated, rotatedEarlier } = rotation;
  if (rotation.outcome !== "done") {
    const { blocked, problems: why, notes } = rotation;
    const outcome = rotation.outcome === "refused" ? "stopped" : rotation.outcome;
    return end(outcome, { rotated, rotatedEarlier, blocked, problems: why, notes });
  }

  let notes: readonly string[] = [];
  const result = await acts
    .underLease(async (held) => {
      begin("groups");
      notes = await acts.groups(held, found);
      begin("subnets");
      const still = await acts.subnets(held, found);
      if (still.length > 0) return end("stopped", { rotated, rotatedEarlier, problems: still, notes });
      begin("stack");
      const deleted = await acts.stack(held);
      begin("records");
      await acts.records(held);
      return end("done", { rotated, rotatedEarlier, ...deleted, notes });
    })
    .catch((error: unknown) => {
      if (!(error instanceof RotationStopped)) throw error;
      return end("stopped", { rotated, rotatedEarlier, problems: [error.problem], notes });
    });
  if (result.outcome === "done") await acts.deleteLease();
  return result;
}
