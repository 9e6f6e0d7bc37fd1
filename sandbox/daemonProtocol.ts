/** Paths of the front that are the sandbox's own, and answer JSON. */
export const OWN_PATHS = {
  /** Answers while the daemon lives. */
  health: "/_sandbox/health",
  /** What became of the promises of PodDisruptionBudgets. */
  witness: "/_sandbox/witness",
  /** POST has it write down what it knows, for a snapshot. */
  keep: "/_sandbox/keep",
  /** Which blocks of its VPC the control plane has recognised; POST has it recognise that of `?cidrBlock=`, or all. */
  blocks: "/_sandbox/blocks",
} as const;

/** The front's own path for faults: GET lists them, POST adds one, DELETE removes that of `?id=`, or all. */
export const FAULTS_PATH = "/_sandbox/faults";

const LISTENS = "listening on ";

/** The line that the daemon writes once everything in it has started. */
export function listeningLine(endpoint: string): string {
  return `${LISTENS}${endpoint}`;
}

/** Where the front listens, from what the daemon has written; none while it has not started. */
export function daemonEndpointIn(log: string): string | undefined {
  return new RegExp(`^${LISTENS}(\\S+)$`, "m").exec(log)?.[1];
}
