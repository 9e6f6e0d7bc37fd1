import { lookUpInTable, type InstanceType } from "../../planning/instanceType";
import type { Observation } from "../../planning/rotation/observation";
import type { WorkerPool } from "../../planning/rotation/surge";
import { workerShape } from "../../planning/rotation/workerShape";
import { describeInstanceTypes } from "../instanceTypes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { describeNodeGroup } from "./nodeGroups";
import type { Tools } from "./outside";

/** The pools of new workers, as they are now. @throws Error for one that is not there. */
export async function observePools(
  tools: Tools,
  { clusterName, workerGroups }: PodNetworkOutputs,
  { nodes, target }: Observation,
): Promise<WorkerPool[]> {
  const nodesOf = (nodeGroupName: string) =>
    nodes.filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === nodeGroupName);
  return Promise.all(
    workerGroups.map(async ({ name, nodeGroupName, availabilityZone, replaces }) => {
      const group = await describeNodeGroup(tools, clusterName, nodeGroupName);
      if (group === undefined) {
        throw new Error(`managed node group ${nodeGroupName} is not there; run podnet up again`);
      }
      const joined = workerGroups
        .filter((other) => other.name === name)
        .flatMap((other) => nodesOf(other.nodeGroupName));
      const types = await instanceTypesOf(tools, nodeGroupName, group.instanceTypes);
      return {
        nodeGroupName,
        workerGroup: name,
        availabilityZone,
        replaces,
        desiredSize: group.desiredSize,
        maxSize: group.maxSize,
        nodes: nodesOf(nodeGroupName),
        shape: workerShape(joined, types, nodes, target),
      };
    }),
  );
}

async function instanceTypesOf(
  { ec2 }: Tools,
  nodeGroupName: string,
  names: readonly string[],
): Promise<InstanceType[]> {
  const known = names.flatMap((name) => lookUpInTable(name) ?? []);
  const unknown = names.filter((name) => lookUpInTable(name) === undefined);
  const types = unknown.length === 0 ? known : [...known, ...(await describeInstanceTypes(ec2, unknown))];
  if (types.length === 0)
    throw new Error(`EKS names no instance type of managed node group ${nodeGroupName}`);
  return types;
}
