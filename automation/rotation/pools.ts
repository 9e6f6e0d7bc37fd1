import { lookUpInTable, type InstanceType } from "../../planning/instanceType";
import type { Observation } from "../../planning/rotation/observation";
import { describeOwner, type NodeGroupRef } from "../../planning/rotation/nodeOwner";
import { nodesOfPool, type PoolKind, type WorkerPool } from "../../planning/rotation/surge";
import { workerShape } from "../../planning/rotation/workerShape";
import { describeInstanceTypes } from "../instanceTypes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { describeOwnGroup, groupOfPool } from "./groups";
import type { Tools } from "./outside";
import { RotationError } from "./rotationError";

/** Where workers that take over pods are found: each a group by itself. */
export interface PoolSource {
  /** Of the worker group, which may have a group in each zone. */
  readonly name: string;
  readonly kind: PoolKind;
  /** Of the managed node group, or the Auto Scaling group. */
  readonly nodeGroupName: string;
  readonly availabilityZones: readonly string[];
  /** The groups whose pods come to it. */
  readonly replaces: readonly string[];
  /** Workers that it is to have before any node goes, whatever pods need. @default one where a node's pods come to it */
  readonly leastSize?: number | undefined;
  /** The minimum size that it gets back once it has as many workers. @default its minimum stays */
  readonly minSize?: number | undefined;
}

/** The groups of new workers that a stack made. */
export function poolSources({ workerGroups }: Pick<PodNetworkOutputs, "workerGroups">): PoolSource[] {
  return workerGroups.map(({ availabilityZone, ...group }) => ({
    ...group,
    availabilityZones: [availabilityZone],
  }));
}

/** The pools of these sources, as they are now. @throws RotationError for one that is not there. */
export async function observePools(
  tools: Tools,
  clusterName: string,
  sources: readonly PoolSource[],
  { nodes, target }: Observation,
): Promise<WorkerPool[]> {
  return Promise.all(
    sources.map(async (source) => {
      const { name, kind, nodeGroupName, availabilityZones, replaces, leastSize, minSize } = source;
      const ref = groupOfPool(source);
      const group = await describeOwnGroup(tools, clusterName, ref, "Run podnet up again.");
      const joined = sources
        .filter((other) => other.name === name)
        .flatMap((other) => nodesOfPool(nodes, other));
      const [worker] = joined;
      const types = await instanceTypesOf(tools, ref, group.instanceTypes);
      return {
        nodeGroupName,
        workerGroup: name,
        kind,
        availabilityZones,
        replaces,
        desiredSize: group.desiredSize,
        maxSize: group.maxSize,
        ...(leastSize !== undefined && { leastSize }),
        ...(minSize !== undefined && { minSize }),
        labels: worker?.labels ?? group.labels,
        nodes: nodesOfPool(nodes, source),
        shape: workerShape(joined, types, nodes, target),
      };
    }),
  );
}

async function instanceTypesOf(
  { ec2, signal }: Tools,
  ref: NodeGroupRef,
  names: readonly string[],
): Promise<InstanceType[]> {
  const known = names.flatMap((name) => lookUpInTable(name) ?? []);
  const unknown = names.filter((name) => lookUpInTable(name) === undefined);
  const asked = unknown.length === 0 ? [] : await describeInstanceTypes(ec2, unknown, signal);
  const types = [...known, ...asked];
  if (types.length === 0) {
    throw new RotationError(
      `nobody knows an instance type of ${describeOwner(ref)}`,
      ref.kind === "managedNodeGroup"
        ? "Look at aws eks describe-nodegroup: instanceTypes must name types that the Region offers."
        : "Name the instance types in the group's launch template or in its mixed instances policy.",
    );
  }
  return types;
}
