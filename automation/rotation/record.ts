import { z } from "zod";
import { isStatus, type Kubernetes } from "../kubernetes";
import { CONFIG_MAPS, readRecordAt, recordConfigMap } from "../recordConfigMap";
import type { ActingTools } from "./outside";

/** The ConfigMap in kube-system that has the record. */
export const ROTATION_RECORD = "eks-pod-network-rotation";

const oldGroupsSchema = z.record(
  z.string(),
  z.object({
    /** The minimum size that it had; 0 where none was taken. */
    minSize: z.number(),
    /** Processes that we have suspended, or are about to, by Auto Scaling group. */
    suspended: z.record(z.string(), z.array(z.string())),
  }),
);

const recordSchema = z.object({
  version: z.literal(1),
  /** Of the run that goes on, or of the last one. */
  runId: z.string(),
  /** Whether that run takes pods back to the subnets of nodes. @default no */
  isWayBack: z.boolean().optional(),
  /** Whether that run has ended, whichever way; one that has not is resumed. */
  isFinished: z.boolean(),
  /** Whether it has ended by being taken back. @default no */
  isAborted: z.boolean().optional(),
  /** When the newest node was made that was there as the run began: all that are newer joined during it. */
  newestNodeAtMs: z.number(),
  /**
   * How many old nodes were there as the run began, or the first one of its rollback; none in the record of an earlier
   * version.
   */
  oldAtBegin: z.number().optional(),
  /**
   * How many resources of its stack were to be deleted as the rollback began of which the run is; none in the record of
   * another run, or of an earlier version.
   */
  resourcesAtBegin: z.number().optional(),
  /** When the run began, by the clock of the computer that began it. */
  startedAtMs: z.number(),
  /** When it ended, by the clock of the computer that ended it; none while it goes on. */
  endedAtMs: z.number().optional(),
  /** What was unready as the run began, which its health gate does not count; none where it has none. */
  unreadyAtBegin: z
    .object({
      /** Names of nodes. */
      nodes: z.array(z.string()).readonly(),
      /** As `namespace/Kind/name`. */
      workloads: z.array(z.string()).readonly(),
    })
    .optional(),
  /** What is to be given back to old groups, by the name of the node group; none where nothing is. */
  groups: oldGroupsSchema,
  /**
   * What emptied groups are handed over without, by the name of the node group, until all is given back: who goes on with
   * that tells of them as well. None where there is none.
   */
  handedOver: oldGroupsSchema.optional(),
  /**
   * Nodes that were put on their way out, by name, with their instances of EC2, until it is written down that somebody
   * has seen their end: with the next batch, or at the end of the run.
   */
  leaving: z.array(z.object({ name: z.string(), instanceId: z.string() })).optional(),
  /** Variables of aws-node that were changed for the run, as they were; null where one was not set. */
  awsNodeBefore: z.record(z.string(), z.string().nullable()).optional(),
  /** Where a surge is counted from, by the names of pools. */
  bases: z
    .record(
      z.string(),
      z.object({
        workers: z.number(),
        target: z.number(),
        old: z.number(),
        staying: z.number().optional(),
        room: z.number().optional(),
      }),
    )
    .optional(),
  /**
   * How old groups were before the first rotation changed them, by the name of the group: what a way back restores.
   * Written once for each group.
   */
  before: z
    .record(
      z.string(),
      z.object({
        minSize: z.number(),
        desiredSize: z.number(),
        /** Processes that we have suspended, by Auto Scaling group. */
        suspended: z.record(z.string(), z.array(z.string())),
      }),
    )
    .optional(),
});

/** What can't be observed and must outlive a process. */
export type RotationRecord = z.infer<typeof recordSchema>;

/** A node that was put on its way out. */
export type LeavingNode = NonNullable<RotationRecord["leaving"]>[number];

/** Whether something is still to be given back, by a run that has ended or by one that goes on. */
export function isSomethingOwed({ groups, awsNodeBefore }: RotationRecord): boolean {
  return Object.keys(groups).length > 0 || awsNodeBefore !== undefined;
}

/**
 * How many old nodes earlier processes of a run have replaced; undefined where its record does not say.
 *
 * @param left the old nodes that are there still.
 */
export function rotatedEarlierIn(
  { oldAtBegin }: Pick<RotationRecord, "oldAtBegin">,
  left: number,
): number | undefined {
  return oldAtBegin === undefined ? undefined : Math.max(0, oldAtBegin - left);
}

/**
 * How many old nodes there were as a run began that resumes or begins now. The runs of one rollback count as one: the
 * record of its last run is there until it has ended.
 *
 * @param earlier the record of the last run.
 * @param isWayBack whether the run is one of a rollback.
 * @param left the old nodes that are there now.
 * @returns undefined where the record of the run that resumes does not say.
 */
export function oldAtBegin(
  earlier: Pick<RotationRecord, "isFinished" | "isWayBack" | "oldAtBegin"> | undefined,
  isWayBack: boolean,
  left: number,
): number | undefined {
  if (earlier?.isFinished === false) return earlier.oldAtBegin;
  return (isWayBack && earlier?.isWayBack === true ? earlier.oldAtBegin : undefined) ?? left;
}

/**
 * How many resources earlier processes of a rollback have deleted; undefined where its record does not say.
 *
 * @param now how many the process has deleted that ends it.
 */
export function removedEarlierIn(
  { resourcesAtBegin }: Pick<RotationRecord, "resourcesAtBegin">,
  now: number,
): number | undefined {
  return resourcesAtBegin === undefined ? undefined : Math.max(0, resourcesAtBegin - now);
}

/** What is to be given back to an old group. */
export type OldGroupRecord = RotationRecord["groups"][string];

/**
 * Reads the record beside the lease.
 *
 * @returns none where there has been no rotation.
 * @throws UnreadableRecordError when another version of this project wrote it, or a hand; KubernetesError.
 */
export async function readRecord(kubernetes: Kubernetes): Promise<RotationRecord | undefined> {
  return readRecordAt(kubernetes, ROTATION_RECORD, recordSchema);
}

/**
 * Writes the record; only who holds the lease does, which is read right before.
 *
 * @throws LeaseLostError; KubernetesError.
 */
export async function writeRecord(
  { kubernetes, lease }: Pick<ActingTools, "kubernetes" | "lease">,
  record: RotationRecord,
): Promise<void> {
  const object = recordConfigMap(ROTATION_RECORD, record);
  await lease.assertHeld();
  await kubernetes
    .patch(`${CONFIG_MAPS}/${ROTATION_RECORD}`, { data: object.data })
    .catch(async (error: unknown) => {
      if (!isStatus(error, 404)) throw error;
      await kubernetes.create(CONFIG_MAPS, object);
    });
}
