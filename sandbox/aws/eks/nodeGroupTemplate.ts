import {
  CopyImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { invalidParameter, notInSandbox } from "./eksError";
import { CLUSTER_DNS, KUBERNETES_VERSION, SERVICE_CIDR, type EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup, NodeGroupTaint } from "./eksState";
import { renderUserData } from "./nodeUserData";

/** A launch template of the user's own, of one version. */
export interface UserLaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
}

/**
 * Reads the launch template that a node group is to be made from.
 *
 * @throws AwsError for one that doesn't exist, that EKS refuses, or that names an AMI: EKS then neither merges user data
 *   nor computes max pods.
 */
export async function readUserLaunchTemplate(
  reference: { id?: string | undefined; name?: string | undefined; version?: string | undefined },
  { ec2 }: EksOutside,
): Promise<UserLaunchTemplate> {
  const { LaunchTemplateVersions: [found] = [] } = await ec2
    .send(
      new DescribeLaunchTemplateVersionsCommand({
        ...(reference.id === undefined
          ? { LaunchTemplateName: reference.name }
          : { LaunchTemplateId: reference.id }),
        Versions: [reference.version ?? "$Default"],
      }),
    )
    .catch((error: unknown) => {
      throw invalidParameter(error instanceof Error ? error.message : String(error));
    });
  const data = found?.LaunchTemplateData;
  if (found === undefined || data === undefined)
    throw invalidParameter("The launch template has no such version");
  if (data.ImageId !== undefined) throw notInSandbox("A launch template that names an AMI");
  if ((data.NetworkInterfaces ?? []).length > 0) {
    throw notInSandbox("A launch template with network interfaces of its own");
  }
  if (data.IamInstanceProfile !== undefined) {
    throw invalidParameter(
      "Launch template should not specify an instance profile. The noderole in your request will be used to construct an instance profile.",
    );
  }
  return {
    id: found.LaunchTemplateId ?? "",
    name: found.LaunchTemplateName ?? "",
    version: String(found.VersionNumber ?? 1),
    data,
  };
}

/** What EKS's own launch template for a group is made from. */
export interface TemplateInput {
  readonly cluster: Cluster;
  readonly nodeGroupName: string;
  readonly imageId: string;
  readonly maxPods: number;
  readonly capacityType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeGroupTaint[];
  readonly user?: UserLaunchTemplate;
}

/** Makes the launch template that the group's instances come from. @returns its id. */
export async function createTemplate(
  name: string,
  input: TemplateInput,
  outside: EksOutside,
): Promise<string> {
  const { LaunchTemplate } = await outside.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: templateData(input, outside),
      TagSpecifications: [{ ResourceType: "launch-template", Tags: groupTags(input) }],
    }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? "";
}

/** Adds a version with other labels and taints. @returns its number. */
export async function createTemplateVersion(
  group: NodeGroup,
  input: TemplateInput,
  outside: EksOutside,
): Promise<string> {
  const { LaunchTemplateVersion } = await outside.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: group.launchTemplateId,
      LaunchTemplateData: templateData(input, outside),
    }),
  );
  return String(LaunchTemplateVersion?.VersionNumber ?? 1);
}

function templateData(input: TemplateInput, outside: EksOutside): RequestLaunchTemplateData {
  const { cluster, user, nodeGroupName, capacityType, imageId } = input;
  const groups = user?.data.SecurityGroupIds ?? [];
  const instanceTags = [
    ...(user?.data.TagSpecifications?.find(({ ResourceType }) => ResourceType === "instance")?.Tags ?? []),
    ...groupTags(input),
    { Key: `kubernetes.io/cluster/${cluster.name}`, Value: "owned" },
  ];
  return {
    ImageId: imageId,
    ...(user?.data.InstanceType === undefined ? {} : { InstanceType: user.data.InstanceType }),
    SecurityGroupIds: groups.length > 0 ? groups : [cluster.clusterSecurityGroupId],
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    TagSpecifications: [{ ResourceType: "instance", Tags: instanceTags }],
    UserData: renderUserData(
      {
        clusterName: cluster.name,
        server: outside.server,
        certificateAuthority: outside.certificateAuthority,
        serviceCidr: SERVICE_CIDR,
        clusterDns: CLUSTER_DNS,
        maxPods: input.maxPods,
        taints: input.taints,
        labels: {
          "eks.amazonaws.com/nodegroup-image": imageId,
          "eks.amazonaws.com/capacityType": capacityType,
          "eks.amazonaws.com/nodegroup": nodeGroupName,
          ...(user === undefined
            ? {}
            : {
                "eks.amazonaws.com/sourceLaunchTemplateId": user.id,
                "eks.amazonaws.com/sourceLaunchTemplateVersion": user.version,
              }),
          ...input.labels,
        },
      },
      user?.data.UserData,
    ),
  };
}

function groupTags({ cluster, nodeGroupName }: TemplateInput) {
  return [
    { Key: "eks:cluster-name", Value: cluster.name },
    { Key: "eks:nodegroup-name", Value: nodeGroupName },
  ];
}

/** The AMI of a type, made known to EC2 when it is first asked for. @returns its id. */
export async function imageFor(amiType: string, ec2: EC2Client): Promise<string> {
  const architecture = amiType.includes("ARM_64") ? "arm64" : "x86_64";
  const name = `amazon-eks-node-al2023-${architecture}-standard-${KUBERNETES_VERSION}-v20261101`;
  const known = await imageNamed(name, ec2);
  if (known !== undefined) return known;
  // A copy: it keeps the architecture, which moto forgets of an image that is registered.
  const { ImageId = "" } = await ec2.send(
    new CopyImageCommand({
      Name: name,
      Description: "EKS-optimized Kubernetes node based on Amazon Linux 2023",
      SourceImageId: await imageNamed(`al2023-ami-2023.*-${architecture}`, ec2),
      SourceRegion: await ec2.config.region(),
    }),
  );
  return ImageId;
}

async function imageNamed(name: string, ec2: EC2Client): Promise<string | undefined> {
  const { Images: [image] = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: "name", Values: [name] }] }),
  );
  return image?.ImageId;
}
