/** What the exit codes of podnet mean; part of its contract. */
export const exitCode = {
  done: 0,
  /** The answer is no: a check failed, a diff was refused, verification found old addresses. */
  no: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** The outside failed: AWS, Kubernetes, Pulumi. */
  outside: 3,
  /** Interrupted by Ctrl-C or SIGTERM; what was begun can be resumed, or is cleaned up. */
  interrupted: 130,
} as const;
