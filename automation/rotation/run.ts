import { unavailableAtOnce } from "../../planning/rotation/batches";
import type { ClusterNode } from "../../planning/rotation/observation";
import { oldNodes, type OldNode } from "../../planning/rotation/oldNodes";
import type { UndrainableNode } from "../../planning/rotation/rotationPlan";
import { podsTo } from "../../planning/rotation/podVerdict";
import { poolNeeds, type PoolTarget } from "../../planning/rotation/surge";
import { addWorkers, nodesOf } from "./addWorkers";
import { drainBatch } from "./drainBatch";
import { checkFirstWorker } from "./firstWorker";
import { growWhenStuck } from "./growWhenStuck";
import type { LookAhead } from "./lookAhead";
import { oldNewcomer, undecidedNewcomers, withoutNewcomers } from "./newcomers";
import { addSoftTaint, isSoftTaint, removeSoftTaint } from "./nodeMarks";
import { nextStep } from "./nextStep";
import type { Observed } from "./observe";
import { prepareOldGroups } from "./oldGroups";
import { observePools } from "./pools";
import { progressOf } from "./progress";
import type { RotationRecord } from "./record";
import { RotationStopped, type BlockedNode } from "./result";
import type { RotationOptions } from "./rotationOptions";
import type { Run } from "./runContext";
import { together } from "./together";

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
  const first = withoutNewcomers(oldNodes(ahead.observed), record.newestNodeAtMs);
  const names = [...new Set(first.flatMap(({ node: { owner } }) => managedGroup(owner)))].sort();
  const written = await prepareOldGroups(tools, outputs.clusterName, names, record, undo, timeoutMs);

  const workers = checkedWorkers(run, written);
  await workers.add(ahead.observed, initialTargets(ahead, first, options));
  await taintOldNodes(run, first);
  return rotateBatches(run, first, written, workers);
}

function managedGroup(owner: ClusterNode["owner"]): string[] {
  return owner.kind === "managedNodeGroup" ? [owner.name] : [];
}

/** What the first batch needs, and at least one worker in each pool that will have any: it is checked beforehand. */
function initialTargets(
  { observed, pools, plan }: LookAhead,
  old: readonly OldNode[],
  options: RotationOptions,
): PoolTarget[] {
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
      assertNoOldNewcomer(observed, record, tools.clock.now());
      await together(tools, targets, async ({ nodeGroupName }, each) => {
        const node = nodesOf(observed.nodes, nodeGroupName).find(({ isReady }) => isReady);
        if (node === undefined || checked.has(nodeGroupName)) return;
        checked.add(nodeGroupName);
        const { eniConfigs } = outputs;
        const { runId } = record;
        await checkFirstWorker(each, { nodeGroupName, node, observed, eniConfigs, runId, timeoutMs });
      });
      return observed;
    },
  };
}

function assertNoOldNewcomer(observed: Observed, record: RotationRecord, nowMs: number): void {
  const problem = oldNewcomer(observed, record, nowMs);
  if (problem !== undefined) throw new RotationStopped(problem);
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
  for (let number = 1; ;) {
    const observed = await observe();
    assertNoOldNewcomer(observed, record, tools.clock.now());
    tools.emit({ type: "progress", ...progressOf(observed, firstNodes) });
    const pools = await observePools(tools, outputs, observed);
    const { newestNodeAtMs, runId } = record;
    const state = { newestNodeAtMs, blocked: new Set(blocked.keys()), size };
    const step = nextStep(observed, pools, state, options);
    if (step.kind === "grow") {
      await workers.add(observed, step.needs);
      continue;
    }
    if (step.kind === "end") {
      for (const one of step.stuck) {
        const node = { node: one.node, isInService: true, because: becauseOf(one) };
        block(node);
        tools.emit({ type: "blocked", ...node });
      }
      for (const name of undecidedNewcomers(observed, record)) {
        const note = `${name} joined during this run and is not Ready yet: whether it is new shows later. Run podnet verify.`;
        tools.emit({ type: "note", note });
      }
      return [...blocked.values()];
    }
    const { batch } = step;
    const pods = batch.reduce((total, one) => total + podsTo("evict", one.pods, options).length, 0);
    tools.emit({ type: "batchStarted", batch: number++, nodes: batch.map(({ node }) => node.name), pods });
    const batchOptions = {
      force: options.force,
      runId,
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

function becauseOf({ refused, unmovable }: UndrainableNode): string[] {
  return [
    ...refused.map((pod) => `${pod}: bare pod, nobody would make it again; --force evicts it`),
    ...unmovable.map(({ pod, budgets, because }) => `${pod}: ${budgets.join(", ")}: ${because}`),
  ];
}
