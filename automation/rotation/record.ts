import { z } from "zod";
import { isStatus, type Kubernetes } from "../kubernetes";
import { CONFIG_MAPS, recordConfigMap, type RecordConfigMap } from "../recordConfigMap";
import { RotationError } from "./rotationError";

const NAME = "eks-pod-network-rotation";

const recordSchema = z.object({
  version: z.literal(1),
  /** Of the run that goes on, or of the last one. */
  runId: z.string(),
  /** Whether that run has ended, whichever way; one that has not is resumed. */
  isFinished: z.boolean(),
  /** When the newest node was made that was there as the run began: all that are newer joined during it. */
  newestNodeAtMs: z.number(),
  /** When the run began, by the clock of the computer that began it. */
  startedAtMs: z.number(),
  /** What is to be given back to old groups, by the name of the node group; none where nothing is. */
  groups: z.record(
    z.string(),
    z.object({
      /** The minimum size that it had; 0 where none was taken. */
      minSize: z.number(),
      /** Processes that we have suspended, or are about to, by Auto Scaling group. */
      suspended: z.record(z.string(), z.array(z.string())),
    }),
  ),
});

/** What can't be observed and must outlive a process. */
export type RotationRecord = z.infer<typeof recordSchema>;

/** What is to be given back to an old group. */
export type OldGroupRecord = RotationRecord["groups"][string];

/**
 * Reads the record beside the lease.
 *
 * @returns none where there has been no rotation.
 * @throws RotationError when another version of this project wrote it, and this one can't read it.
 */
export async function readRecord(kubernetes: Kubernetes): Promise<RotationRecord | undefined> {
  try {
    const { data = {} } = await kubernetes.get<RecordConfigMap>(`${CONFIG_MAPS}/${NAME}`);
    const read = recordSchema.safeParse(JSON.parse(data.record ?? "null"));
    if (read.success) return read.data;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RotationError(
    `ConfigMap kube-system/${NAME} can't be read: another version of eks-pod-network wrote it, or a hand`,
    "Use that version, or look at what it says and delete it.",
  );
}

/** Writes the record; only who holds the lease does. */
export async function writeRecord(kubernetes: Kubernetes, record: RotationRecord): Promise<void> {
  const object = recordConfigMap(NAME, record);
  await kubernetes.patch(`${CONFIG_MAPS}/${NAME}`, { data: object.data }).catch(async (error: unknown) => {
    if (!isStatus(error, 404)) throw error;
    await kubernetes.create(CONFIG_MAPS, object);
  });
}
