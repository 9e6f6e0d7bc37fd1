/** Paths of the front that are the sandbox's own, and answer JSON. */
export const OWN_PATHS = {
  /** Answers while the daemon lives. */
  health: "/_sandbox/health",
  /** What became of the promises of PodDisruptionBudgets. */
  witness: "/_sandbox/witness",
} as const;

const LISTENS = "listening on ";

/** The line that the daemon writes once everything in it has started. */
export function listeningLine(endpoint: string): string {
  return `${LISTENS}${endpoint}`;
}

/** Where the front listens, from what the daemon has written; none while it has not started. */
export function daemonEndpointIn(log: string): string | undefined {
  return new RegExp(`^${LISTENS}(\\S+)$`, "m").exec(log)?.[1];
}
