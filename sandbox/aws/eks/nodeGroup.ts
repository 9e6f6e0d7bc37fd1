import { randomUUID } from "node:crypto";
import { UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { CUSTOM_AMI, defaultAmiType, isArm } from "./amiTypes";
import { inUse, invalidParameter } from "./eksError";
import { KUBERNETES_VERSION, type EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup, NodeGroupTaint } from "./eksState";
import { managedMaxPods } from "./maxPods";
import { readNodeGroupSizes, type CreateNodeGroupInput, type UpdateNodeGroupInput } from "./nodeGroupInput";
import { autoScalingGroupOf, createAutoScalingGroup, launchPolicy } from "./nodeGroupScaling";
import {
  createTemplate,
  createTemplateVersion,
  imageFor,
  readUserLaunchTemplate,
  type TemplateInput,
  type UserLaunchTemplate,
} from "./nodeGroupTemplate";
import { kubernetesTaint } from "./nodeUserData";

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
  return cluster.reserveNodeGroup(name, exists, () => makeNodeGroup(cluster, input, outside));
}

async function makeNodeGroup(
  cluster: Cluster,
  input: CreateNodeGroupInput,
  outside: EksOutside,
): Promise<NodeGroup> {
  const { nodegroupName: name, taints = [], labels = {}, tags = {} } = input;
  const members = { clusterName: cluster.name, nodegroupName: name };
  if (input.version !== undefined && input.version !== KUBERNETES_VERSION) {
    throw invalidParameter(`Requested Nodegroup version ${input.version} is not supported`, members);
  }
  const sizes = readNodeGroupSizes(input.scalingConfig);
  await checkSubnets(cluster, input.subnets, outside);
  const user = input.launchTemplate && (await readUserLaunchTemplate(input.launchTemplate, outside));
  if (user !== undefined) refuseBesideTemplate(input, user);
  const instanceTypes = instanceTypesOf(input, user?.data.InstanceType);
  const limits = await Promise.all(
    instanceTypes.map((type) =>
      outside.lookUpInstanceType(type).catch(() => {
        throw invalidParameter(`The following supplied instance types do not exist: [${type}]`, members);
      }),
    ),
  );
  const arm = limits.some(({ architecture }) => architecture === "arm64");
  const ownImageId = user?.data.ImageId;
  const amiType = ownImageId === undefined ? (input.amiType ?? defaultAmiType(arm)) : CUSTOM_AMI;
  if (ownImageId === undefined && arm !== isArm(amiType)) {
    throw invalidParameter(
      `[${instanceTypes.join(", ")}] is not a valid instance type for requested amiType ${amiType}`,
      members,
    );
  }

  const id = randomUUID();
  const capacityType = input.capacityType ?? "ON_DEMAND";
  const maxPods = managedMaxPods(limits, await awsNodeEnvironment(outside));
  const imageId = ownImageId ?? (await imageFor(amiType, outside.ec2));
  const template: TemplateInput = {
    ...{ cluster, nodeGroupName: name, amiType, imageId, maxPods, capacityType, labels, taints },
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
    ...{ instanceTypes, capacityType, amiType, labels, taints, tags, launchTemplateId, maxPods, imageId },
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

/**
 * Changes sizes, labels and taints: sizes of the Auto Scaling group, the others on present nodes and for new ones.
 *
 * @throws AwsError for sizes that contradict each other.
 */
export async function updateNodeGroup(
  cluster: Cluster,
  group: NodeGroup,
  input: UpdateNodeGroupInput,
  outside: EksOutside,
): Promise<void> {
  const now = await autoScalingGroupOf(group, outside);
  const desiredSize = now?.DesiredCapacity ?? group.desiredSize;
  const sizes = readNodeGroupSizes(input.scalingConfig, { ...group, desiredSize });
  const { addOrUpdateLabels = {}, removeLabels = [] } = input.labels ?? {};
  const { addOrUpdateTaints = [], removeTaints = [] } = input.taints ?? {};
  const labels = { ...group.labels, ...addOrUpdateLabels };
  for (const key of removeLabels) Reflect.deleteProperty(labels, key);
  const gone = [...addOrUpdateTaints, ...removeTaints];
  const taints = [
    ...group.taints.filter((taint) => !gone.some((one) => sameTaint(one, taint))),
    ...addOrUpdateTaints,
  ];

  Object.assign(group, sizes, { labels, taints, modifiedAt: outside.clock.now() });
  if (input.updateConfig !== undefined) group.updateConfig = input.updateConfig;
  let version: string | undefined;
  if (input.labels !== undefined || input.taints !== undefined) {
    version = await newTemplateVersion(cluster, group, outside);
    const removed = { labels: removeLabels, taints: gone };
    await changeNodes(group, { labels: addOrUpdateLabels, taints: addOrUpdateTaints }, removed, outside);
  }
  await outside.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      MinSize: sizes.minSize,
      MaxSize: sizes.maxSize,
      DesiredCapacity: sizes.desiredSize,
      ...(version === undefined ? {} : { MixedInstancesPolicy: launchPolicy(group, version) }),
    }),
  );
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

function instanceTypesOf(input: CreateNodeGroupInput, fromTemplate: string | undefined): readonly string[] {
  const given = input.instanceTypes ?? [];
  if (given.length > 0 && fromTemplate !== undefined) {
    throw invalidParameter(
      "Instance types cannot be specified in both the launch template and the API request",
    );
  }
  if (given.length > 0) return given;
  return [fromTemplate ?? (input.amiType !== undefined && isArm(input.amiType) ? "t4g.medium" : "t3.medium")];
}

/** @throws AwsError for what EKS takes from a launch template alone. */
function refuseBesideTemplate(input: CreateNodeGroupInput, user: UserLaunchTemplate): void {
  if (input.diskSize !== undefined) {
    throw invalidParameter("Disk size must be specified within the launch template.");
  }
  if (user.data.ImageId === undefined) return;
  for (const field of ["amiType", "releaseVersion", "version"] as const) {
    if (input[field] !== undefined) {
      throw invalidParameter(`You cannot specify ${field} with an AMI ID in the launch template.`);
    }
  }
}

async function awsNodeEnvironment({ access }: EksOutside): Promise<Map<string, string>> {
  const daemonSet = await access.awsNode();
  const container = daemonSet?.spec?.template.spec?.containers.find(({ name }) => name === "aws-node");
  return new Map(
    (container?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}

async function newTemplateVersion(cluster: Cluster, group: NodeGroup, outside: EksOutside): Promise<string> {
  const user =
    group.userLaunchTemplate === undefined
      ? undefined
      : await readUserLaunchTemplate(
          { id: group.userLaunchTemplate.id, version: group.userLaunchTemplate.version },
          outside,
        );
  const input: TemplateInput = { cluster, nodeGroupName: group.name, ...group };
  return createTemplateVersion(group, user === undefined ? input : { ...input, user }, outside);
}

async function changeNodes(
  group: NodeGroup,
  added: { labels: Readonly<Record<string, string>>; taints: readonly NodeGroupTaint[] },
  removed: { labels: readonly string[]; taints: readonly NodeGroupTaint[] },
  { access }: EksOutside,
): Promise<void> {
  const labels = { ...added.labels, ...Object.fromEntries(removed.labels.map((key) => [key, null])) };
  const goneTaints = removed.taints.map(kubernetesTaint);
  for (const node of await access.nodesOf(group.name)) {
    const kept = (node.spec?.taints ?? []).filter(
      ({ key, effect }) => !goneTaints.some((one) => one.key === key && one.effect === effect),
    );
    await access.patchNode(node.metadata?.name ?? "", {
      metadata: { name: node.metadata?.name, labels },
      spec: { taints: [...kept, ...added.taints.map(kubernetesTaint)] },
    });
  }
}

function sameTaint(left: NodeGroupTaint, right: NodeGroupTaint): boolean {
  return left.key === right.key && left.effect === right.effect;
}

/** @throws AwsError while EKS works on the group, which takes one change at a time. */
export function refuseWhileBusy(group: NodeGroup): void {
  if (group.status === "ACTIVE" || group.status === "DEGRADED" || group.status === "CREATE_FAILED") return;
  const members = { clusterName: group.clusterName, nodegroupName: group.name };
  if (group.status === "UPDATING") throw inUse("Nodegroup has an update in progress", members);
  throw new AwsError(
    "InvalidRequestException",
    `Nodegroup cannot be updated as it is currently not in Active State: ${group.status}`,
    400,
    members,
  );
}
