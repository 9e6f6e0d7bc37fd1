import type { Problem } from "../../planning/problem";

/** An old node that is still there, and why. */
export interface BlockedNode {
  readonly node: string;
  /** Whether it is in service as it was before; not where its instance was terminated, and its Node stays. */
  readonly isInService: boolean;
  /** Pods and budgets by name, a line each. */
  readonly because: readonly string[];
}

/** How a rotation ended. */
export interface RotationResult {
  /**
   * `done`: no old node is left. `blocked`: some could not be drained, the others are gone. `refused`: nothing was
   * touched, because of the problems. `stopped`: it could not go on, and was undone as far as it can be. `paused`: it
   * was asked to, or the health gate stayed closed (then with the problem); the next one goes on from there.
   */
  readonly outcome: "done" | "blocked" | "refused" | "stopped" | "paused";
  /** None where nothing was touched. */
  readonly runId: string | undefined;
  /** Old nodes that are gone, of this process. */
  readonly rotated: readonly string[];
  /**
   * How many earlier processes of the same run, or rollback, have replaced; 0 where there were none, undefined where
   * nobody recorded it.
   */
  readonly rotatedEarlier: number | undefined;
  readonly blocked: readonly BlockedNode[];
  /** Why it was refused, stopped or paused. */
  readonly problems: readonly Problem[];
  /** What stays to be done by people, such as processes of Auto Scaling groups that stay suspended. */
  readonly notes: readonly string[];
}

/** The rotation can't go on, for a reason that lies in the cluster: the answer is no, not an error. */
export class RotationStopped extends Error {
  override readonly name = "RotationStopped";

  constructor(readonly problem: Problem) {
    super(`${problem.path}: ${problem.reason} ${problem.fix}`);
  }
}

/** The rotation ends for now, and leaves what it has done for the next one to go on from. */
export class RotationPaused extends Error {
  override readonly name = "RotationPaused";

  /** @param problem why; none where somebody asked for it. */
  constructor(readonly problem?: Problem) {
    super(problem === undefined ? "a pause was asked for" : `${problem.path} ${problem.reason}`);
  }
}
