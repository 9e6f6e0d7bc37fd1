import { isRollbackUnfinished } from "./rollback/unfinishedRollback";

/** Where an environment is in the procedure. */
export type EnvironmentStep =
  /** Its stack was never brought up. */
  | "not begun"
  /** Its last update failed. */
  | "up failed"
  /** The range, the settings and new workers are there; nobody has begun to replace nodes. */
  | "up"
  /** A rotation is running. */
  | "rotating"
  /** A rotation was cut off, and waits to be gone on with. */
  | "rotation stopped"
  /** A rollback is running. */
  | "rolling back"
  /** A rollback was cut off, or could not go on, and waits to be gone on with. */
  | "rollback stopped"
  /** Some nodes are old still, or again. */
  | "partly rotated"
  /** No node is old, but not everything could be seen. */
  | "not verified"
  | "done";

/** What is known of an environment. */
export interface StatusFacts {
  readonly name: string;
  /** Whether its stack has the outputs of a pod network. */
  readonly isUp: boolean;
  readonly nodes: number;
  readonly oldNodes: number;
  readonly isVerified: boolean;
  /** Whether aws-node runs with custom networking. */
  readonly customNetworking: boolean;
  /** The last rotation; none where there has been none. */
  readonly rotation?: RotationRun | undefined;
  /** The last update of the stack; none where there has been none. */
  readonly update?: StackUpdate | undefined;
}

/** A rotation, as it is remembered in the cluster. */
export interface RotationRun {
  readonly runId: string;
  readonly isFinished: boolean;
  /** Whether it was taken back. */
  readonly isAborted: boolean;
  /** Whether it is that of a rollback. */
  readonly isWayBack: boolean;
  /** Milliseconds since 1970, by the clock of the computer that runs it; so are all times here. */
  readonly startedAtMs: number;
  /** None while it goes on, and where it was cut off. */
  readonly endedAtMs: number | undefined;
  /** Whether somebody holds the lease, and has renewed it lately. */
  readonly isHeld: boolean;
}

/** An update of a stack, as its backend remembers it. */
export interface StackUpdate {
  /** Whether it took away what the stack had made, as a rollback does in the end. */
  readonly isRemoval: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly result: "succeeded" | "failed" | "running";
}

/** What was done last. */
export interface LastRun {
  readonly kind: "up" | "rotate" | "rollback";
  /** Of a rotation, in either direction. */
  readonly runId?: string | undefined;
  readonly isRunning: boolean;
  /** Whether it was taken back. */
  readonly isAborted: boolean;
  readonly startedAtMs: number;
  /** None where it runs, or was cut off. */
  readonly endedAtMs: number | undefined;
}

/** Where an environment is, what was done last and what is to be done next. */
export interface Standing {
  readonly step: EnvironmentStep;
  readonly lastRun: LastRun | undefined;
  /** A command; none where nothing is to be done, or somebody is at it. */
  readonly next: string | undefined;
}

/** Says where an environment is. */
export function standing(facts: StatusFacts): Standing {
  const step = stepOf(facts);
  const command = NEXT[step];
  return {
    step,
    lastRun: lastRunOf(facts),
    next: command === undefined ? undefined : `podnet ${command} ${facts.name}`,
  };
}

const NEXT: Readonly<Record<EnvironmentStep, string | undefined>> = {
  "not begun": "preflight",
  "up failed": "up",
  up: "rotate",
  rotating: undefined,
  "rotation stopped": "rotate",
  "rolling back": undefined,
  "rollback stopped": "rollback",
  "partly rotated": "rotate",
  "not verified": "verify",
  done: undefined,
};

function stepOf(facts: StatusFacts): EnvironmentStep {
  const { isUp, nodes, oldNodes, isVerified, rotation, update } = facts;
  if (rotation?.isHeld === true) return rotation.isWayBack ? "rolling back" : "rotating";
  const isRemovalCutOff = update?.isRemoval === true && update.result !== "succeeded";
  if (isRemovalCutOff || isRollbackUnfinished(rotation, facts)) return "rollback stopped";
  if (update?.result === "failed") return "up failed";
  if (!isUp) return "not begun";
  if (rotation?.isFinished === false) return "rotation stopped";
  if (isVerified) return "done";
  if (oldNodes === 0) return "not verified";
  // New nodes alone say nothing: an autoscaler may have added them.
  return rotation === undefined || oldNodes === nodes ? "up" : "partly rotated";
}

function lastRunOf({ rotation, update }: StatusFacts): LastRun | undefined {
  const runs: LastRun[] = [];
  if (update !== undefined) {
    const { isRemoval, startedAtMs, endedAtMs, result } = update;
    const kind = isRemoval ? "rollback" : "up";
    runs.push({ kind, isRunning: result === "running", isAborted: false, startedAtMs, endedAtMs });
  }
  if (rotation !== undefined) {
    const { runId, startedAtMs, isHeld, isAborted, isWayBack } = rotation;
    const endedAtMs = isHeld ? undefined : rotation.endedAtMs;
    const kind = isWayBack ? "rollback" : "rotate";
    runs.push({ kind, runId, isRunning: isHeld, isAborted, startedAtMs, endedAtMs });
  }
  return runs.reduce<LastRun | undefined>(
    (last, run) => (last === undefined || run.startedAtMs > last.startedAtMs ? run : last),
    undefined,
  );
}
