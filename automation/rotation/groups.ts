import { describeOwner, type NodeGroupRef } from "../../planning/rotation/nodeOwner";
import type { WorkerPool } from "../../planning/rotation/surge";
import { describeNodeGroup, resizeNodeGroup, type NodeGroup, type Sizes } from "./nodeGroups";
import type { ActingTools, Tools } from "./outside";
import { RotationError } from "./rotationError";
import { describeScalingGroup, resizeScalingGroup } from "./scalingGroups";

/** The group that makes the workers of a pool. */
export function groupOfPool({
  kind,
  nodeGroupName,
}: Pick<WorkerPool, "kind" | "nodeGroupName">): NodeGroupRef {
  return { kind: kind === "managed" ? "managedNodeGroup" : "autoScalingGroup", name: nodeGroupName };
}

/** Describes a group of either kind; none where there is none of that name. */
export async function describeGroup(
  tools: Tools,
  clusterName: string,
  { kind, name }: NodeGroupRef,
): Promise<NodeGroup | undefined> {
  return kind === "managedNodeGroup"
    ? describeNodeGroup(tools, clusterName, name)
    : describeScalingGroup(tools, name);
}

/** A group with how it is. */
export interface FoundGroup {
  readonly ref: NodeGroupRef;
  readonly group: NodeGroup;
}

/** The group of a name that the configuration gives, which does not say of which kind it is; none where there is none. */
export async function groupNamed(
  tools: Tools,
  clusterName: string,
  name: string,
): Promise<FoundGroup | undefined> {
  for (const kind of ["managedNodeGroup", "autoScalingGroup"] as const) {
    const ref = { kind, name };
    const group = await describeGroup(tools, clusterName, ref);
    if (group !== undefined) return { ref, group };
  }
  return undefined;
}

/** Describes a group that has to be there. @throws RotationError with this way out where it isn't. */
export async function describeOwnGroup(
  tools: Tools,
  clusterName: string,
  ref: NodeGroupRef,
  fix: string,
): Promise<NodeGroup> {
  const group = await describeGroup(tools, clusterName, ref);
  if (group === undefined) throw new RotationError(`${describeOwner(ref)} is not there`, fix);
  return group;
}

/**
 * Changes the sizes of a group of either kind, and waits until that is done. The desired size is never lowered, and the
 * lease is read right before.
 *
 * @throws RotationStopped when its maximum is lower than that, EKS can't do it, or takes longer than the timeout;
 *   RotationError when the group is gone; LeaseLostError.
 */
export async function resizeGroup(
  tools: ActingTools,
  clusterName: string,
  { kind, name }: NodeGroupRef,
  sizes: Sizes,
  timeoutMs: number,
): Promise<void> {
  if (kind === "managedNodeGroup") await resizeNodeGroup(tools, clusterName, name, sizes, timeoutMs);
  else await resizeScalingGroup(tools, name, sizes);
}
