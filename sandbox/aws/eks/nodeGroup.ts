import { randomUUID } from "node:crypto";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { inUse, invalidParameter } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";
import { readNodeBuild } from "./nodeBuild";
import { readNodeGroupSizes, type CreateNodeGroupInput } from "./nodeGroupInput";
import { createAutoScalingGroup } from "./nodeGroupScaling";
import { createTemplate, type TemplateInput } from "./nodeGroupTemplate";

/** Quota L-6D54EA21 of EKS: managed node groups per cluster. */
const NODE_GROUPS_PER_CLUSTER = 30;

/**
 * Makes a managed node group: a launch template and an Auto Scaling group, whose instances join by themselves.
 *
 * @throws AwsError for arguments that EKS refuses.
 */
export async function createNodeGroup(
  cluster: Cluster,
  input: CreateNodeGroupInput,
  outside: EksOutside,
): Promise<NodeGroup> {
  const { nodegroupName: name } = input;
  const exists = () =>
    inUse(`NodeGroup already exists with name ${name} and cluster name ${cluster.name}`, {
      clusterName: cluster.name,
      nodegroupName: name,
    });
  if (cluster.nodeGroups.has(name)) throw exists();
  if (cluster.nodeGroups.size >= NODE_GROUPS_PER_CLUSTER) {
    throw new AwsError(
      "ResourceLimitExceededException",
      `Maximum number of nodegroups (${NODE_GROUPS_PER_CLUSTER}) reached for cluster ${cluster.name}`,
      400,
      { clusterName: cluster.name, nodegroupName: name },
    );
  }
  return cluster.reserveNodeGroup(name, exists, () => makeNodeGroup(cluster, input, outside));
}

async function makeNodeGroup(
  cluster: Cluster,
  input: CreateNodeGroupInput,
  outside: EksOutside,
): Promise<NodeGroup> {
  const { nodegroupName: name, taints = [], labels = {}, tags = {} } = input;
  const members = { clusterName: cluster.name, nodegroupName: name };
  const sizes = readNodeGroupSizes(input.scalingConfig);
  await checkSubnets(cluster, input.subnets, outside);
  const { user, ...build } = await readNodeBuild(input, members, outside);
  const id = randomUUID();
  const capacityType = input.capacityType ?? "ON_DEMAND";
  const template: TemplateInput = {
    ...{ cluster, nodeGroupName: name, capacityType, labels, taints },
    ...build,
    ...(user === undefined ? {} : { user }),
  };
  const launchTemplateId = await createTemplate(`eks-${id}`, template, outside);
  const now = outside.clock.now();
  const group: NodeGroup = {
    name,
    arn: `arn:aws:eks:${outside.region}:${outside.accountId}:nodegroup/${cluster.name}/${name}/${id}`,
    clusterName: cluster.name,
    createdAt: now,
    modifiedAt: now,
    status: "CREATING",
    ...sizes,
    ...{ ...build, capacityType, labels, taints, tags, launchTemplateId, launchTemplateVersion: "1" },
    requestedTypes: input.instanceTypes ?? [],
    diskSize: input.diskSize ?? 20,
    subnetIds: input.subnets,
    nodeRole: input.nodeRole,
    updateConfig: input.updateConfig ?? { maxUnavailable: 1 },
    ...(user === undefined
      ? {}
      : { userLaunchTemplate: { id: user.id, name: user.name, version: user.version } }),
    autoScalingGroupName: `eks-${name}-${id}`,
    issues: [],
    updates: new Map(),
  };
  await createAutoScalingGroup(cluster, group, outside);
  cluster.nodeGroups.set(name, group);
  return group;
}

async function checkSubnets(cluster: Cluster, ids: readonly string[], { ec2 }: EksOutside): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...ids] }] }),
  );
  for (const id of ids) {
    const subnet = Subnets.find(({ SubnetId }) => SubnetId === id);
    if (subnet === undefined) throw invalidParameter(`The subnet ID '${id}' does not exist`);
    if (subnet.VpcId !== cluster.vpcId) throw invalidParameter(`Subnet ${id} is not in the cluster's VPC`);
  }
}

/** @throws AwsError while EKS works on the group, which takes one change at a time. */
export function refuseWhileBusy(group: NodeGroup): void {
  if (group.status === "ACTIVE" || group.status === "DEGRADED" || group.status === "CREATE_FAILED") return;
  throw inUse("Nodegroup cannot be updated as it is currently not in Active State", {
    clusterName: group.clusterName,
    nodegroupName: group.name,
  });
}
