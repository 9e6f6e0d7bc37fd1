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
  readonly oldNodes: number;
  readonly isVerified: boolean;
  /** The last rotation; none where there has been none. */
  readonly rotation?: RotationRun | undefined;
  /** The last update of the stack; none where there has been none. */
  readonly update?: StackUpdate | undefined;
}

/** A rotation, as it is remembered in the cluster. */
export interface RotationRun {
  readonly runId: string;
  readonly isFinished: boolean;
  /** Milliseconds since 1970, by the clock of the computer that runs it; so are all times here. */
  readonly startedAtMs: number;
  /** When its lease was renewed last. */
  readonly renewedAtMs: number | undefined;
  /** Whether somebody holds the lease, and has renewed it lately. */
  readonly isHeld: boolean;
}

/** An update of a stack, as its backend remembers it. */
export interface StackUpdate {
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly result: "succeeded" | "failed" | "running";
}

/** What was done last. */
export interface LastRun {
  readonly kind: "up" | "rotate";
  /** Of a rotation. */
  readonly runId?: string | undefined;
  readonly isRunning: boolean;
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
  "partly rotated": "rotate",
  "not verified": "verify",
  done: undefined,
};

function stepOf({ isUp, oldNodes, isVerified, rotation, update }: StatusFacts): EnvironmentStep {
  if (rotation?.isHeld === true) return "rotating";
  if (update?.result === "failed") return "up failed";
  if (!isUp) return "not begun";
  if (rotation?.isFinished === false) return "rotation stopped";
  if (isVerified) return "done";
  if (oldNodes === 0) return "not verified";
  return rotation === undefined ? "up" : "partly rotated";
}

function lastRunOf({ rotation, update }: StatusFacts): LastRun | undefined {
  const runs: LastRun[] = [];
  if (update !== undefined) {
    const { startedAtMs, endedAtMs, result } = update;
    runs.push({ kind: "up", isRunning: result === "running", startedAtMs, endedAtMs });
  }
  if (rotation !== undefined) {
    const { runId, startedAtMs, isHeld, isFinished, renewedAtMs } = rotation;
    // It gives its lease back as it ends.
    const endedAtMs = isFinished && !isHeld ? renewedAtMs : undefined;
    runs.push({ kind: "rotate", runId, isRunning: isHeld, startedAtMs, endedAtMs });
  }
  return runs.reduce<LastRun | undefined>(
    (last, run) => (last === undefined || run.startedAtMs > last.startedAtMs ? run : last),
    undefined,
  );
}
