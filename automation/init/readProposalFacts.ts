import { paginateDescribeAutoScalingGroups, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import {
  DescribeLaunchTemplateVersionsCommand,
  paginateDescribeInstances,
  type Instance,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import type {
  LaunchTemplateFacts,
  ProposalFacts,
  ProposalNodeGroup,
  ProposalScalingGroup,
} from "../../planning/proposal/proposeStack";
import { isNotSeen } from "../../planning/preflight/finding";
import type { ClusterNode } from "../../planning/rotation/observation";
import type { ClusterOutside } from "../connect";
import { connectKubernetes, isStatus } from "../kubernetes";
import { readControlPlane } from "../preflight/readControlPlane";
import { readEniConfigs } from "../preflight/readEniConfigs";
import { readPeerings, readRouteTables, readSubnets, readVpcBlocks } from "../preflight/readVpc";
import { readNodeGroups } from "../preflight/readWorkers";
import { seen } from "../preflight/seen";
import { observer } from "../rotation/observe";

/**
 * Reads of a cluster what a configuration is proposed from. Changes nothing.
 *
 * Needs eks:DescribeCluster, ListNodegroups, DescribeNodegroup; ec2:DescribeVpcs, DescribeSubnets, DescribeRouteTables,
 * DescribeVpcPeeringConnections, DescribeInstances, DescribeLaunchTemplateVersions; autoscaling:DescribeAutoScalingGroups;
 * iam:GetInstanceProfile where there are Auto Scaling groups of one's own; what `observer` needs, and list on
 * eniconfigs.
 *
 * @throws InvalidInputError when there is no such cluster; KubernetesError; what AWS answers.
 */
export async function readProposalFacts(
  clusterName: string,
  region: string,
  outside: ClusterOutside,
): Promise<ProposalFacts> {
  const { vpcId, serviceCidrBlock } = await readControlPlane(outside, clusterName);
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const tablesReading = readRouteTables(outside, vpcId);
  const [blocks, tables, subnets, peerings, nodeGroups, observed, eniConfigs] = await Promise.all([
    readVpcBlocks(outside, vpcId),
    tablesReading,
    tablesReading.then((found) => readSubnets(outside, vpcId, found)),
    readPeerings(outside, vpcId),
    readNodeGroups(outside, clusterName),
    observer({ ...outside, kubernetes }, [])(),
    readEniConfigs(kubernetes).catch((error: unknown) => {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }),
  ]);
  const destinations = tables.flatMap(({ routes }) => routes.map(({ destination }) => destination.cidr));
  return {
    clusterName,
    region,
    addressing: {
      cidrBlocks: blocks.map(({ cidrBlock }) => cidrBlock),
      routes: [...new Set(destinations)],
      peerings,
      ...(serviceCidrBlock !== undefined && { serviceCidrBlock }),
    },
    nodeGroups: await Promise.all(nodeGroups.map((group) => withTemplate(group, outside))),
    scalingGroups: await scalingGroupsOf(observed.nodes, outside),
    ...{ subnets, eniConfigs, observed },
  };
}

async function withTemplate(group: ProposalNodeGroup, outside: ClusterOutside): Promise<ProposalNodeGroup> {
  const { launchTemplate } = group;
  if (launchTemplate === undefined) return group;
  const { id, version } = launchTemplate;
  const { InstanceType, ImageId, BlockDeviceMappings = [] } = await templateData(id, version, outside);
  const template: LaunchTemplateFacts = {
    instanceType: InstanceType,
    imageId: ImageId,
    diskSize: BlockDeviceMappings[0]?.Ebs?.VolumeSize,
  };
  return { ...group, template };
}

async function templateData(
  LaunchTemplateId: string,
  version: string,
  { ec2, signal }: ClusterOutside,
): Promise<ResponseLaunchTemplateData> {
  const { LaunchTemplateVersions: [found] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [version] }),
    { abortSignal: signal },
  );
  return found?.LaunchTemplateData ?? {};
}

/** The Auto Scaling groups that nodes are in, as their instances show them. */
async function scalingGroupsOf(
  nodes: readonly ClusterNode[],
  outside: ClusterOutside,
): Promise<ProposalScalingGroup[]> {
  const names = [
    ...new Set(nodes.flatMap(({ owner }) => (owner.kind === "autoScalingGroup" ? [owner.name] : []))),
  ].sort();
  // Without names, Auto Scaling would answer all there are.
  if (names.length === 0) return [];
  const groups = new Map<string, AutoScalingGroup>();
  const pages = paginateDescribeAutoScalingGroups(
    { client: outside.autoScaling },
    { AutoScalingGroupNames: names },
    { abortSignal: outside.signal },
  );
  for await (const { AutoScalingGroups = [] } of pages) {
    for (const group of AutoScalingGroups) groups.set(group.AutoScalingGroupName ?? "", group);
  }
  return Promise.all(
    names.map(async (name) => {
      const own = nodes.filter(({ owner }) => owner.kind === "autoScalingGroup" && owner.name === name);
      const instances = await instancesOf(own, outside);
      return {
        name,
        maxSize: groups.get(name)?.MaxSize ?? own.length,
        instanceTypes: [...new Set(instances.flatMap(({ InstanceType }) => InstanceType ?? []))].sort(),
        nodeRoleArn: await roleOf(instances, groups.get(name), outside),
        securityGroupIds: [
          ...new Set(
            instances.flatMap(({ SecurityGroups = [] }) =>
              SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []),
            ),
          ),
        ].sort(),
        labels: commonLabels(own),
      };
    }),
  );
}

async function instancesOf(
  nodes: readonly ClusterNode[],
  { ec2, signal }: ClusterOutside,
): Promise<Instance[]> {
  const found: Instance[] = [];
  const InstanceIds = nodes.flatMap(({ instanceId }) => instanceId ?? []);
  // Without ids, EC2 would answer all there are.
  if (InstanceIds.length === 0) return [];
  const pages = paginateDescribeInstances({ client: ec2 }, { InstanceIds }, { abortSignal: signal });
  for await (const { Reservations = [] } of pages)
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  return found;
}

/** None where IAM may not be asked, or neither the instances nor their launch template name a profile. */
async function roleOf(
  [instance]: readonly Instance[],
  group: AutoScalingGroup | undefined,
  outside: ClusterOutside,
): Promise<string | undefined> {
  const { LaunchTemplateId, Version = "$Default" } = group?.LaunchTemplate ?? {};
  const ofInstance = instance?.IamInstanceProfile?.Arn;
  const ofTemplate =
    ofInstance === undefined && LaunchTemplateId !== undefined
      ? (await templateData(LaunchTemplateId, Version, outside)).IamInstanceProfile
      : undefined;
  const InstanceProfileName = ofTemplate?.Name ?? (ofInstance ?? ofTemplate?.Arn)?.split("/").at(-1);
  if (InstanceProfileName === undefined) return undefined;
  const profile = await seen("the instance profile", () =>
    outside.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }), {
      abortSignal: outside.signal,
    }),
  );
  return isNotSeen(profile) ? undefined : profile.InstanceProfile?.Roles?.[0]?.Arn;
}

/** Labels that Kubernetes, AWS and their tools give to nodes by themselves. */
const GIVEN_LABEL = /(^|[./])(kubernetes\.io|k8s\.io|amazonaws\.com|eksctl\.io|karpenter\.sh)\//;

function commonLabels([first, ...others]: readonly ClusterNode[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first?.labels ?? {}).filter(
      ([key, value]) => !GIVEN_LABEL.test(key) && others.every(({ labels }) => labels[key] === value),
    ),
  );
}
