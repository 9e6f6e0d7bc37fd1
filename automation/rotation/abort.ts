import { isRollbackUnfinished } from "../../planning/rollback/unfinishedRollback";
import { podName } from "../../planning/rotation/observation";
import { podVerdict } from "../../planning/rotation/podVerdict";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { readAwsNode } from "./awsNode";
import { finish, touchedNodes } from "./finish";
import { removeCanaries } from "./firstWorker";
import { keptFromGroups, type KeptFromGroup } from "./keptFromGroups";
import { leavingNodes, type LeavingOptions } from "./leavingNodes";
import { listCluster, type InKubernetes } from "./observe";
import type { ActingTools, RotationOutside, TellingTools } from "./outside";
import { isSomethingOwed, readRecord, type RotationRecord } from "./record";
import { rotationOptions, type GivenRotationOptions } from "./rotationOptions";
import { underLease, type UnderLease } from "./underLease";

/** What an aborted rotation leaves. */
export interface AbortResult {
  /** `aborted`: nodes and groups are as they were before it. `nothing`: there was nothing to take back. */
  readonly outcome: "aborted" | "nothing";
  readonly runId: string | undefined;
  /** The workers that joined during the run, which stay. */
  readonly newWorkers: readonly NewWorker[];
  /** What old groups do not have back, of those where there is any. */
  readonly kept: readonly KeptFromGroup[];
  /** Whether what was taken back is the rotation of a rollback, which has not ended: aws-node stays as it has set it. */
  readonly isRollbackUnfinished: boolean;
  /** What else stays to be done by people. */
  readonly notes: readonly string[];
}

/** A worker that joined during a run. */
export interface NewWorker {
  readonly node: string;
  /** Pods on it besides those of DaemonSets and static ones, as `namespace/name`. */
  readonly pods: readonly string[];
}

/**
 * Takes back what a rotation that was cut off, stopped or paused has left: nodes are in service again, without marks and
 * taints, old groups have their processes, and their minimum size where they still have as many nodes; empty ones stay as
 * they are. The next rotation is a run of its own. Of a rollback, it is what its rotation has left that is taken back; the
 * rollback stays unfinished.
 *
 * Nodes that were replaced are gone. New workers stay, with the pods that moved to them. Network interfaces that nodes have
 * left behind which were on their way are told, or removed where that was asked for. Killed at any instant, the next call
 * goes on.
 *
 * @throws LeaseHeldError while a rotation runs; LeaseLostError; whatever the outside throws, then with all else tried;
 *   the signal's reason when it is aborted.
 */
export async function abortRotation(
  { clusterName }: Pick<PodNetworkOutputs, "clusterName">,
  given: Pick<GivenRotationOptions, "nodeTimeoutSeconds" | "removeLeakedEnis">,
  outside: RotationOutside,
): Promise<AbortResult> {
  return underLease(outside, (held) => takeBack(held, clusterName, rotationOptions(given)));
}

/** The same, of who holds the lease. @throws as `abortRotation` does. */
export async function takeBack(
  { tools, notes }: Pick<UnderLease, "tools" | "notes">,
  clusterName: string,
  options: LeavingOptions,
): Promise<AbortResult> {
  const record = await readRecord(tools.kubernetes);
  const rollback = {
    isRollbackUnfinished:
      record?.isWayBack === true && isRollbackUnfinished(record, await readAwsNode(tools.kubernetes)),
  };
  if (record === undefined || !(await isSomethingLeft(tools, record))) {
    return { outcome: "nothing", runId: undefined, newWorkers: [], kept: [], ...rollback, notes };
  }
  await tools.lease.assertHeld();
  await finish(tools, clusterName, options.nodeTimeoutSeconds * 1000, { isAborted: true });
  await removeCanaries(tools);
  const cluster = await listCluster(tools.kubernetes);
  const newWorkers = workersSince(record.newestNodeAtMs, cluster);
  const kept = await keptFromGroups(tools, clusterName, record);
  await lookAtLeaving(tools, cluster, options, record);
  return { outcome: "aborted", runId: record.runId, newWorkers, kept, ...rollback, notes };
}

/** Looks once at nodes that were on their way out; those that have not ended by now, the next run looks at. */
async function lookAtLeaving(
  tools: ActingTools,
  { nodes }: InKubernetes,
  options: LeavingOptions,
  { leaving }: RotationRecord,
): Promise<void> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const watch = { node: (name: string) => byName.get(name) };
  const removedAtOnceBy = "aws ec2 delete-network-interface";
  await leavingNodes(tools, watch, { ...options, removedAtOnceBy }, leaving).look();
}

async function isSomethingLeft({ kubernetes }: TellingTools, record: RotationRecord): Promise<boolean> {
  if (!record.isFinished || isSomethingOwed(record) || record.handedOver !== undefined) return true;
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
