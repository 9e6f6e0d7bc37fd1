import { batches, unavailableAtOnce } from "../../planning/rotation/batches";
import type { ClusterNode } from "../../planning/rotation/observation";
import { oldNodes, type OldNode } from "../../planning/rotation/oldNodes";
import { undrainable, type UndrainableNode } from "../../planning/rotation/rotationPlan";
import { podsTo } from "../../planning/rotation/podVerdict";
import { poolNeeds, type PoolTarget } from "../../planning/rotation/surge";
import { addWorkers, assertNoOldNewcomer, nodesOf } from "./addWorkers";
import { drainBatch } from "./drainBatch";
import { checkFirstWorker } from "./firstWorker";
import { growWhenStuck } from "./growWhenStuck";
import type { LookAhead } from "./lookAhead";
import { addSoftTaint, isSoftTaint, marksOf, removeSoftTaint } from "./nodeMarks";
import type { Observed } from "./observe";
import { prepareOldGroups } from "./oldGroups";
import { observePools } from "./pools";
import { progressOf } from "./progress";
import type { RotationRecord } from "./record";
import type { BlockedNode } from "./result";
import type { RotationOptions } from "./rotationOptions";
import type { Run } from "./runContext";

/**
 * Rotates all old nodes that can be: old groups held still, new workers made and checked, then batch by batch.
 *
 * @returns the nodes that could not be.
 * @throws RotationStopped; LeaseLostError; the signal's reason; whatever the outside throws. What was done by then is
 *   on the undo stack.
 */
export async function rotateAll(run: Run, ahead: LookAhead, record: RotationRecord): Promise<BlockedNode[]> {
  const { tools, outputs, options, undo } = run;
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const first = oldNodes(ahead.observed);
  const names = [...new Set(first.flatMap(({ node: { owner } }) => managedGroup(owner)))].sort();
  const written = await prepareOldGroups(tools, outputs.clusterName, names, record, undo, timeoutMs);

  const workers = checkedWorkers(run, written);
  await workers.add(ahead.observed, initialTargets(ahead, options));
  await taintOldNodes(run, first);
  return rotateBatches(run, first, written, workers);
}

function managedGroup(owner: ClusterNode["owner"]): string[] {
  return owner.kind === "managedNodeGroup" ? [owner.name] : [];
}

/** What the first batch needs, and at least one worker in each pool that will have any: it is checked beforehand. */
function initialTargets({ observed, pools, plan }: LookAhead, options: RotationOptions): PoolTarget[] {
  const old = oldNodes(observed);
  const firstBatch = new Set(plan.batches[0]?.nodes);
  const going = old.filter(({ node }) => firstBatch.has(node.name));
  const used = new Set(
    plan.pools.filter(({ desiredSize }) => desiredSize > 0).map(({ nodeGroupName }) => nodeGroupName),
  );
  return poolNeeds(observed, pools, old, going, options).map((need) =>
    used.has(need.nodeGroupName) && need.desiredSize === 0 ? { ...need, desiredSize: 1, added: 1 } : need,
  );
}

/** Adds workers, and checks the first one of each pool, once. */
interface CheckedWorkers {
  /** @returns the cluster with them. */
  add(observed: Observed, targets: readonly PoolTarget[]): Promise<Observed>;
}

function checkedWorkers({ tools, outputs, options, observe }: Run, record: RotationRecord): CheckedWorkers {
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  const checked = new Set<string>();
  return {
    add: async (before, targets) => {
      const pools = await observePools(tools, outputs, before);
      const observed = await addWorkers(tools, outputs.clusterName, pools, targets, observe, timeoutMs);
      assertNoOldNewcomer(observed, record.newestNodeAtMs);
      await Promise.all(
        targets.map(async ({ nodeGroupName }) => {
          const node = nodesOf(observed.nodes, nodeGroupName).find(({ isReady }) => isReady);
          if (node === undefined || checked.has(nodeGroupName)) return;
          checked.add(nodeGroupName);
          const { eniConfigs } = outputs;
          const { runId } = record;
          await checkFirstWorker(tools, { nodeGroupName, node, observed, eniConfigs, runId, timeoutMs });
        }),
      );
      return observed;
    },
  };
}

async function taintOldNodes({ tools, undo }: Run, old: readonly OldNode[]): Promise<void> {
  const { kubernetes, emit, signal } = tools;
  for (const { node } of old) {
    signal.throwIfAborted();
    undo.push(`taint ${node.name}`, `take the soft taint off ${node.name}`, (outside) =>
      removeSoftTaint(outside.kubernetes, node.name),
    );
    if (!node.taints.some(isSoftTaint)) await addSoftTaint(kubernetes, node.name);
  }
  emit({ type: "oldTainted", nodes: old.length });
}

async function rotateBatches(
  run: Run,
  first: readonly OldNode[],
  record: RotationRecord,
  workers: CheckedWorkers,
): Promise<BlockedNode[]> {
  const { tools, options, lease, undo, observe, outputs } = run;
  const size = unavailableAtOnce(options.maxUnavailable, first.length);
  const firstNodes = first.map(({ node }) => node);
  const blocked = new Map<string, BlockedNode>();
  const block = (node: BlockedNode) => {
    blocked.set(node.node, node);
  };
  for (let number = 1; ; number++) {
    let observed = await observe();
    assertNoOldNewcomer(observed, record.newestNodeAtMs);
    tools.emit({ type: "progress", ...progressOf(observed, firstNodes) });
    const all = oldNodes(observed);
    const left = all.filter(({ node }) => !blocked.has(node.name));
    const stuck = left.flatMap((one) => undrainable(one, observed.budgets, options) ?? []);
    const batch = nextBatch(left, new Set(stuck.map(({ node }) => node)), size);
    if (batch.length === 0) {
      // They were left for the end: until then somebody may have changed what is in the way.
      for (const one of stuck) {
        const node = { node: one.node, because: becauseOf(one) };
        block(node);
        tools.emit({ type: "blocked", ...node });
      }
      return [...blocked.values()];
    }

    const pools = await observePools(tools, outputs, observed);
    const needs = poolNeeds(observed, pools, all, batch, options);
    if (needs.some(({ added }) => added > 0)) observed = await workers.add(observed, needs);
    const pods = batch.reduce((total, one) => total + podsTo("evict", one.pods, options).length, 0);
    tools.emit({ type: "batchStarted", batch: number, nodes: batch.map(({ node }) => node.name), pods });
    const batchOptions = {
      force: options.force,
      runId: record.runId,
      allPods: observed.pods,
      podTimeoutMs: options.podTimeoutSeconds * 1000,
      nodeTimeoutMs: options.nodeTimeoutSeconds * 1000,
      onUnschedulable: growWhenStuck(run, batch),
    };
    const result = await drainBatch({ tools, lease, undo, options: batchOptions }, batch);
    run.rotated.push(...result.gone);
    result.blocked.forEach(block);
  }
}

/** The nodes to go next: those that were begun first, then as planned. */
function nextBatch(old: readonly OldNode[], stuck: ReadonlySet<string>, size: number): OldNode[] {
  const left = old
    .filter(({ node }) => !stuck.has(node.name))
    .map((one) => ({
      ...one,
      name: one.node.name,
      availabilityZone: one.node.availabilityZone,
      isStarted: marksOf(one.node.annotations) !== undefined,
    }));
  return batches(left, size)[0] ?? [];
}

function becauseOf({ refused, unmovable }: UndrainableNode): string[] {
  return [
    ...refused.map((pod) => `${pod}: bare pod, nobody would make it again; --force evicts it`),
    ...unmovable.map(({ pod, budgets, because }) => `${pod}: ${budgets.join(", ")}: ${because}`),
  ];
}
