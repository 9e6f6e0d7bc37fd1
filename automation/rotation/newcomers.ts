import type { Problem } from "../../planning/problem";
import { oldReasons } from "../../planning/rotation/oldNode";
import { podsByNode, type ClusterNode, type Observation } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { groupKey, groupOf } from "../../planning/rotation/nodeOwner";
import type { RotationRecord } from "./record";
import { RotationStopped } from "./result";

/** Of a run, what tells which nodes joined during it. */
export type RunBegin = Pick<RotationRecord, "newestNodeAtMs" | "startedAtMs" | "groups">;

/**
 * The old nodes that were there as the run began. One that joined during it is never rotated: before it is Ready every
 * node looks old, for it has no addresses yet, and one that stays old would only be followed by another.
 *
 * @param newestNodeAtMs when the newest node was made that was there as the run began.
 */
export function withoutNewcomers(old: readonly OldNode[], newestNodeAtMs: number): OldNode[] {
  return old.filter(({ node }) => node.createdAtMs <= newestNodeAtMs);
}

/**
 * What is to be said of a node that joined during the run, is Ready, and is old: something is wrong with how nodes are
 * made, so the run must not go on.
 *
 * @param nowMs by the clock that wrote the run's begin.
 */
export function oldNewcomer(observation: Observation, run: RunBegin, nowMs: number): Problem | undefined {
  for (const { node, evidence } of oldNewcomers(observation, run)) {
    if (!node.isReady) continue;
    const group = groupOf(node.owner);
    return {
      path: `nodes.${node.name}`,
      reason: `joined during this run, which began ${ago(nowMs - run.startedAtMs)} ago, and is old: ${evidence}.`,
      fix:
        group !== undefined && groupKey(group) in run.groups
          ? `Its group ${group.name} makes such nodes, and something made it grow. Run the rotation again: it begins anew, with this node as one of the old ones.`
          : "Look at how its group makes nodes: ENIConfig of its zone, aws-node's settings, max pods in its user data.",
    };
  }
  return undefined;
}

/** @throws RotationStopped where {@link oldNewcomer} has something to say. */
export function assertNoOldNewcomer(observation: Observation, run: RunBegin, nowMs: number): void {
  const problem = oldNewcomer(observation, run, nowMs);
  if (problem !== undefined) throw new RotationStopped(problem);
}

/** Nodes that joined during the run and of which nothing can be said yet, where they would be old as they are. */
export function undecidedNewcomers(
  observation: Observation,
  run: Pick<RunBegin, "newestNodeAtMs">,
): string[] {
  return oldNewcomers(observation, run)
    .filter(({ node }) => !node.isReady)
    .map(({ node }) => node.name);
}

function oldNewcomers(
  { nodes, pods, target }: Observation,
  { newestNodeAtMs }: Pick<RunBegin, "newestNodeAtMs">,
): { readonly node: ClusterNode; readonly evidence: string }[] {
  const byNode = podsByNode(pods);
  return nodes.flatMap((node) => {
    if (node.createdAtMs <= newestNodeAtMs) return [];
    const [reason] = oldReasons(node, byNode.get(node.name) ?? [], target);
    return reason === undefined ? [] : [{ node, evidence: reason.evidence }];
  });
}

/** A duration as people say it, in its largest unit that it holds twice. */
function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / (24 * 60))} days`;
}
