import { randomBytes } from "node:crypto";
import { isRollbackUnfinished } from "../../planning/rollback/unfinishedRollback";
import { readAwsNode } from "../rotation/awsNode";
import { finish } from "../rotation/finish";
import type { ActingTools } from "../rotation/outside";
import { readRecord, writeRecord, type RotationRecord } from "../rotation/record";

/** What a rollback begins with. */
export interface RollbackBegin {
  readonly clusterName: string;
  /** When the newest node was made that is there, in milliseconds since 1970. */
  readonly newestNodeAtMs: number;
  /** How old groups are now, by key; what is recorded of them already stays. */
  readonly groupsNow: NonNullable<RotationRecord["before"]>;
  /** How many resources of the stack it is to delete. */
  readonly resources: number;
  readonly timeoutMs: number;
}

/**
 * Writes down that a rollback has begun, before its first act on the CNI, so that one that is cut off in its first step
 * is known for what it is. With it goes how old groups are, where nobody recorded it before.
 *
 * A rotation into the pod subnets that has not ended is ended first: what it has taken from nodes, groups and aws-node
 * is given back. Afterwards it would undo what the rollback restores, such as warm targets. One that was begun already,
 * and that nobody has gone forward from, is left as it is.
 *
 * @throws LeaseLostError, KubernetesError; what AWS answers.
 */
export async function beginRollback(
  tools: ActingTools,
  { clusterName, newestNodeAtMs, groupsNow, resources, timeoutMs }: RollbackBegin,
): Promise<void> {
  const { kubernetes, clock, lease } = tools;
  const last = await readRecord(kubernetes);
  if (last?.isWayBack === true && isRollbackUnfinished(last, await readAwsNode(kubernetes))) return;
  if (last !== undefined && (!last.isFinished || last.awsNodeBefore !== undefined)) {
    await lease.assertHeld();
    await finish(tools, clusterName, timeoutMs, { isWayBack: true });
  }
  const { groups = {}, before = {}, leaving } = (await readRecord(kubernetes)) ?? {};
  await writeRecord(tools, {
    version: 1,
    runId: randomBytes(2).toString("hex"),
    isWayBack: true,
    // Workers are not rotated yet: the rotation that follows begins anew.
    isFinished: true,
    newestNodeAtMs,
    resourcesAtBegin: resources,
    startedAtMs: clock.now(),
    groups,
    ...(leaving !== undefined && { leaving }),
    before: { ...groupsNow, ...before },
  });
}
