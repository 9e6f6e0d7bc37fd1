import type { Problem } from "../problem";

/**
 * Whether a rollback was begun and has not ended, and nobody has gone forward since: the last run is one back, which is
 * written down before the first act on aws-node, and what it had set back there is so still. The record goes with the end
 * of the rollback. Until aws-node is set back nothing has changed, and a rotation may go forward.
 *
 * @param run the last run on the workers of a cluster; none where there is no record of one.
 * @param awsNode how the CNI is set.
 */
export function isRollbackUnfinished(
  run: { readonly isWayBack?: boolean | undefined } | undefined,
  { customNetworking }: { readonly customNetworking: boolean },
): boolean {
  return run?.isWayBack === true && !customNetworking;
}

/** That a rollback is unfinished, with both ways out, for those who only look. */
export function rollbackToEnd(environment: string): { readonly title: string; readonly wayOut: string } {
  return {
    title: "a rollback was begun and has not ended; aws-node is set as before podnet up",
    wayOut: `podnet rollback ${environment} goes on with it; to go forward instead, podnet up ${environment} and then podnet rotate ${environment}`,
  };
}

/** Why a rotation is not begun while a rollback is unfinished. */
export function unfinishedRollback(clusterName: string): Problem {
  return {
    path: `cluster ${clusterName}`,
    reason: "has a rollback that was begun and has not ended; aws-node is set as before podnet up.",
    fix: "podnet rollback goes on with it; to go forward instead, run podnet up, and then podnet rotate.",
  };
}
