import { CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand } from "@aws-sdk/client-iam";
import { stringify } from "yaml";
import type { Clients } from "./clients";
import { makeRole } from "./cluster";
import { made } from "./network";

/** Nodes of an Auto Scaling group that is nobody's node group. */
export interface PlainGroupPlan {
  readonly name: string;
  readonly clusterName: string;
  readonly subnetIds: readonly string[];
  /** Besides the cluster's. @default none */
  readonly securityGroupIds?: readonly string[];
  readonly size: number;
  readonly maxSize: number;
  /** Node labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** In place of a NodeConfig with the labels. */
  readonly userData?: string;
  /** Of the AMI, with `*` for what it does not say. @default AL2023's */
  readonly imageName?: string;
  /** Tags of the group, and of its instances, besides those that make them the cluster's. @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Makes an Auto Scaling group of m5.large with a launch template, an instance profile and user data of its own, which says
 * nothing of max pods: the AMI's number stays, whatever the CNI does.
 *
 * A managed group with AL2023 has to be there: it makes the AMI known.
 */
export async function makePlainGroup(clients: Clients, plan: PlainGroupPlan): Promise<void> {
  const { autoScaling, ec2, eks } = clients;
  const { name, clusterName, securityGroupIds = [], tags = {}, imageName = AL2023 } = plan;
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }));
  const clusterGroupId = made(cluster?.resourcesVpcConfig?.clusterSecurityGroupId, "DescribeCluster");
  const access = {
    name: clusterName,
    apiServerEndpoint: cluster?.endpoint,
    certificateAuthority: cluster?.certificateAuthority?.data,
    cidr: cluster?.kubernetesNetworkConfig?.serviceIpv4Cidr,
  };
  const userData = plan.userData ?? nodeConfig(access, plan.labels);
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: await imageId(clients, imageName),
        InstanceType: "m5.large",
        SecurityGroupIds: [clusterGroupId, ...securityGroupIds],
        IamInstanceProfile: { Name: await makeInstanceProfile(clients, name) },
        MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
        UserData: Buffer.from(userData).toString("base64"),
      },
    }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: "$Latest" },
      VPCZoneIdentifier: plan.subnetIds.join(","),
      MinSize: plan.size,
      MaxSize: plan.maxSize,
      DesiredCapacity: plan.size,
      Tags: [
        { Key: "Name", Value: name, PropagateAtLaunch: true },
        { Key: `kubernetes.io/cluster/${clusterName}`, Value: "owned", PropagateAtLaunch: true },
        ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
      ],
    }),
  );
}

function nodeConfig(cluster: object, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return stringify({
    apiVersion: "node.eks.aws/v1alpha1",
    kind: "NodeConfig",
    spec: { cluster, kubelet: { flags: [`--node-labels=${pairs.join(",")}`] } },
  });
}

const AL2023 = "amazon-eks-node-al2023-x86_64-*";

async function imageId({ ec2 }: Clients, name: string): Promise<string> {
  const { Images: [image] = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: "name", Values: [name] }] }),
  );
  return made(image?.ImageId, "DescribeImages");
}

/** @returns its name. */
async function makeInstanceProfile({ iam }: Clients, name: string): Promise<string> {
  await makeRole(iam, name, "ec2.amazonaws.com");
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  return name;
}
