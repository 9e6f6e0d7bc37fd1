import { lookUpInTable, type InstanceType } from "../../planning/instanceType";
import type { Observation } from "../../planning/rotation/observation";
import type { WorkerPool } from "../../planning/rotation/surge";
import { workerShape } from "../../planning/rotation/workerShape";
import { describeInstanceTypes } from "../instanceTypes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { describeNodeGroup } from "./nodeGroups";
import type { Tools } from "./outside";
import { RotationError } from "./rotationError";

/** The pools of new workers, as they are now. @throws RotationError for one that is not there. */
export async function observePools(
  tools: Tools,
  { clusterName, workerGroups }: PodNetworkOutputs,
  { nodes, target }: Observation,
): Promise<WorkerPool[]> {
  const nodesOf = (nodeGroupName: string) =>
    nodes.filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === nodeGroupName);
  return Promise.all(
    workerGroups.map(async ({ name, kind, nodeGroupName, availabilityZone, replaces }) => {
      if (kind !== "managed") {
        throw new RotationError(
          `the workers ${nodeGroupName} are an Auto Scaling group, and a rotation fills managed node groups only`,
          "Make them a managed node group, or move the pods to them by hand.",
        );
      }
      const group = await describeNodeGroup(tools, clusterName, nodeGroupName);
      if (group === undefined) {
        throw new RotationError(`managed node group ${nodeGroupName} is not there`, "Run podnet up again.");
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
  { ec2, signal }: Tools,
  nodeGroupName: string,
  names: readonly string[],
): Promise<InstanceType[]> {
  const known = names.flatMap((name) => lookUpInTable(name) ?? []);
  const unknown = names.filter((name) => lookUpInTable(name) === undefined);
  const asked = unknown.length === 0 ? [] : await describeInstanceTypes(ec2, unknown, signal);
  const types = [...known, ...asked];
  if (types.length === 0) {
    throw new RotationError(
      `neither EKS nor EC2 knows an instance type of managed node group ${nodeGroupName}`,
      "Look at aws eks describe-nodegroup: instanceTypes must name types that the Region offers.",
    );
  }
  return types;
}
