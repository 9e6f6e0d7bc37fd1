import type { ClusterNode } from "../../planning/rotation/observation";
import { groupKey, groupOf, type NodeGroupRef } from "../../planning/rotation/nodeOwner";
import { oldNodes, type OldNode } from "../../planning/rotation/oldNodes";
import { oldByPool } from "../../planning/rotation/plannedSurge";
import type { PoolTarget } from "../../planning/rotation/surge";
import { withinSurge } from "../../planning/rotation/surgeLimit";
import { checkedWorkers } from "./checkedWorkers";
import { deleteEmptyGroups } from "./emptyGroups";
import { firstOf } from "./firstOf";
import type { LookAhead } from "./lookAhead";
import { withoutNewcomers } from "./newcomers";
import { proveNodePools } from "./nodePoolProof";
import { addSoftTaint, isSoftTaint, removeSoftTaint } from "./nodeMarks";
import { prepareOldGroups } from "./oldGroups";
import type { RotationRecord } from "./record";
import type { RotationOptions } from "./rotationOptions";
import { RotationStopped } from "./result";
import { rotateNodes, type Ready } from "./rotateNodes";
import type { Run } from "./runContext";
import { together } from "./together";
import { lowerWarmTargets } from "./warmTargets";

/**
 * Rotates all old nodes that can be: old groups held still, the first new workers made and checked, then node by node.
 *
 * @throws RotationStopped; RotationPaused; LeaseLostError; the signal's reason; whatever the outside throws. What was
 *   done by then is on the undo stack.
 */
export async function rotateAll(run: Run, ahead: LookAhead, record: RotationRecord): Promise<void> {
  const { pauseAsked } = run.tools.lease;
  // Until a node is on its way, a pause ends whatever is waited for.
  const signal = firstOf(run.tools.signal, pauseAsked);
  const ready = await makeReady({ ...run, tools: { ...run.tools, signal } }, ahead, record).catch(
    (error: unknown) => {
      pauseAsked.throwIfAborted();
      throw error;
    },
  );
  await rotateNodes(run, { ...ready, homeless: ahead.homeless });
  await deleteEmptyGroups(run);
}

async function makeReady(
  run: Run,
  ahead: LookAhead,
  record: RotationRecord,
): Promise<Omit<Ready, "homeless">> {
  const { options } = run;
  const first = withoutNewcomers(oldNodes(ahead.observed), record.newestNodeAtMs);
  const { lowersWarmTargets, nodeAddresses } = ahead.plan;
  const lowered = lowersWarmTargets ? await lowerWarmTargets(run, nodeAddresses, record) : record;
  const written = await prepareOldGroups(run, groupsOf(first), lowered);

  const workers = checkedWorkers(written);
  const targets = firstWorkers(ahead, options, written);
  await workers.add(run, ahead.observed, targets);
  assertSomeCapacity(targets, workers.exhausted());
  await proveNodePools(run, ahead.observed, first, written);
  await taintOldNodes(run, first, ahead.observed.nodes);
  return { first, record: written, workers };
}

/** The groups of nodes, each once. */
function groupsOf(old: readonly OldNode[]): NodeGroupRef[] {
  const groups = old.flatMap(({ node }) => groupOf(node.owner) ?? []);
  const byKey = new Map(groups.map((group) => [groupKey(group), group]));
  return [...byKey.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * At least one worker in each pool that will have any: it is checked before the others are made, and anything is
 * cordoned. All of them in one that is to have a size whatever pods need, beside those of its own that go. Within a surge
 * as many of them as it lets; those of other pools are checked when they come.
 */
function firstWorkers(
  { plan, pools, observed }: LookAhead,
  { surge }: RotationOptions,
  { bases = {} }: RotationRecord,
): PoolTarget[] {
  const old = new Set(oldNodes(observed).map(({ node }) => node.name));
  const first = pools.flatMap(({ nodeGroupName, availabilityZones, desiredSize, leastSize = 0, nodes }) => {
    const planned = plan.pools.find((pool) => pool.nodeGroupName === nodeGroupName)?.desiredSize ?? 0;
    if (planned === 0) return [];
    const going = nodes.filter(({ name }) => old.has(name)).length;
    const size = Math.max(desiredSize, Math.min(planned, Math.max(1, leastSize) + going));
    return [{ nodeGroupName, availabilityZones, desiredSize: size, added: size - desiredSize }];
  });
  if (surge === undefined) return first;
  const left = oldByPool(oldNodes(observed), pools);
  return withinSurge(first, { surge, bases: new Map(Object.entries(bases)), left });
}

/** Where no zone has instances, nothing is begun. @throws RotationStopped */
function assertSomeCapacity(targets: readonly PoolTarget[], exhausted: ReadonlyMap<string, string>): void {
  const names = targets.map(({ nodeGroupName }) => nodeGroupName);
  if (names.length === 0 || names.some((name) => !exhausted.has(name))) return;
  const why = names.map((name) => `${name}: ${exhausted.get(name) ?? ""}`).join(" ");
  throw new RotationStopped({
    path: "workerGroups",
    reason: `EC2 has no instances for new workers. ${why}`,
    fix: "Nothing was drained. Give the worker groups more instance types, or run the rotation again later.",
  });
}

/** Each takes a read and a write: one node after another, a thousand of them would take half a minute. */
const TAINTED_AT_ONCE = 10;

/** Gives the soft taint to the nodes that are old, and takes it off others: those may have been old to a run before. */
async function taintOldNodes(
  { tools, undo }: Run,
  old: readonly OldNode[],
  all: readonly ClusterNode[],
): Promise<void> {
  const { kubernetes, emit } = tools;
  const bare = old.filter(({ node }) => !node.taints.some(isSoftTaint));
  for (const { node } of old) {
    undo.push(`taint ${node.name}`, `take the soft taint off ${node.name}`, (outside) =>
      removeSoftTaint(outside.kubernetes, node.name),
    );
  }
  for (let from = 0; from < bare.length; from += TAINTED_AT_ONCE) {
    await together(tools, bare.slice(from, from + TAINTED_AT_ONCE), async ({ node }, { signal }) => {
      signal.throwIfAborted();
      await addSoftTaint(kubernetes, node.name);
    });
  }
  const names = new Set(old.map(({ node }) => node.name));
  for (const { name, taints } of all) {
    if (!names.has(name) && taints.some(isSoftTaint)) await removeSoftTaint(kubernetes, name);
  }
  emit({ type: "oldTainted", nodes: old.length });
}
