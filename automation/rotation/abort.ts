import { isRollbackUnfinished } from "../../planning/rollback/unfinishedRollback";
import { minimumCommand } from "../../planning/rotation/minimumCommand";
import { groupOfKey } from "../../planning/rotation/nodeOwner";
import { podName } from "../../planning/rotation/observation";
import { podVerdict } from "../../planning/rotation/podVerdict";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { readAwsNode } from "./awsNode";
import { finish, touchedNodes } from "./finish";
import { removeCanaries } from "./firstWorker";
import { describeGroup } from "./groups";
import { listCluster, type InKubernetes } from "./observe";
import type { RotationOutside, TellingTools } from "./outside";
import { isSomethingOwed, readRecord, type RotationRecord } from "./record";
import { rotationOptions, type GivenRotationOptions } from "./rotationOptions";
import { underLease } from "./underLease";

/** What an aborted rotation leaves. */
export interface AbortResult {
  /** `aborted`: nodes and groups are as they were before it. `nothing`: there was nothing to take back. */
  readonly outcome: "aborted" | "nothing";
  readonly runId: string | undefined;
  /** The workers that joined during the run, which stay. */
  readonly newWorkers: readonly NewWorker[];
  /** Groups whose minimum size stays 0: with it back, they would launch nodes of the kind that the run was to replace. */
  readonly keptMinimums: readonly KeptMinimum[];
  /** Whether what was taken back is the rotation of a rollback, which has not ended: aws-node stays as it has set it. */
  readonly isRollbackUnfinished: boolean;
  /** What stays to be done by people. */
  readonly notes: readonly string[];
}

/** A minimum size that was taken from a group, and is not given back. */
export interface KeptMinimum {
  readonly group: string;
  /** What it was. */
  readonly minSize: number;
  /** How many nodes the group has, or is about to have. */
  readonly desiredSize: number;
  /** The command that gives it back. */
  readonly command: string;
}

/** A worker that joined during a run. */
export interface NewWorker {
  readonly node: string;
  /** Pods on it besides those of DaemonSets and static ones, as `namespace/name`. */
  readonly pods: readonly string[];
}

/**
 * Takes back what a rotation that was cut off, stopped or paused has left: nodes are in service again, without marks and
 * taints, old groups have their processes, and their minimum size where they still have as many nodes. The next rotation
 * is a run of its own. Of a rollback, it is what its rotation has left that is taken back; the rollback stays unfinished.
 *
 * Nodes that were replaced are gone. New workers stay, with the pods that moved to them. Killed at any instant, the next
 * call goes on.
 *
 * @throws LeaseHeldError while a rotation runs; LeaseLostError; whatever the outside throws, then with all else tried;
 *   the signal's reason when it is aborted.
 */
export async function abortRotation(
  { clusterName }: Pick<PodNetworkOutputs, "clusterName">,
  given: Pick<GivenRotationOptions, "nodeTimeoutSeconds">,
  outside: RotationOutside,
): Promise<AbortResult> {
  return underLease(outside, async ({ tools, notes }) => {
    const record = await readRecord(tools.kubernetes);
    const rollback = {
      isRollbackUnfinished:
        record?.isWayBack === true && isRollbackUnfinished(record, await readAwsNode(tools.kubernetes)),
    };
    if (record === undefined || !(await isSomethingLeft(tools, record))) {
      return { outcome: "nothing", runId: undefined, newWorkers: [], keptMinimums: [], ...rollback, notes };
    }
    await tools.lease.assertHeld();
    const { nodeTimeoutSeconds } = rotationOptions(given);
    await finish(tools, clusterName, nodeTimeoutSeconds * 1000, { isAborted: true });
    await removeCanaries(tools);
    const newWorkers = workersSince(record.newestNodeAtMs, await listCluster(tools.kubernetes));
    const keptMinimums = await minimumsKept(tools, clusterName, record);
    return { outcome: "aborted", runId: record.runId, newWorkers, keptMinimums, ...rollback, notes };
  });
}

/** @param record as it was before groups were given back what it says. */
async function minimumsKept(
  tools: TellingTools,
  clusterName: string,
  { groups }: RotationRecord,
): Promise<KeptMinimum[]> {
  const kept: KeptMinimum[] = [];
  for (const [key, { minSize }] of Object.entries(groups)) {
    const ref = groupOfKey(key);
    const now = minSize > 0 ? await describeGroup(tools, clusterName, ref) : undefined;
    if (now === undefined || now.minSize > 0 || now.status === "DELETING") continue;
    const command = minimumCommand(clusterName, ref, { minSize, desiredSize: now.desiredSize });
    kept.push({ group: ref.name, minSize, desiredSize: now.desiredSize, command });
  }
  return kept;
}

async function isSomethingLeft({ kubernetes }: TellingTools, record: RotationRecord): Promise<boolean> {
  if (!record.isFinished || isSomethingOwed(record)) return true;
  return (await touchedNodes(kubernetes)).length > 0;
}

function workersSince(newestNodeAtMs: number, { nodes, pods }: InKubernetes): NewWorker[] {
  const moved = pods.filter((pod) => podVerdict(pod).action !== "skip");
  return nodes
    .filter(({ createdAtMs, owner }) => createdAtMs > newestNodeAtMs && owner.kind !== "fargate")
    .map(({ name }) => ({
      node: name,
      pods: moved.filter(({ nodeName }) => nodeName === name).map(podName),
    }))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}
