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
import { CUSTOM_AMI, imageOf, isArm, isBottlerocket } from "./amiTypes";
import { renderBottlerocketUserData } from "./bottlerocketUserData";
import { invalidParameter, notInSandbox } from "./eksError";
import { CLUSTER_DNS, SERVICE_CIDR, type EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup, NodeGroupTaint } from "./eksState";
import { renderUserData, type NodeUserData } from "./nodeUserData";

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
 * @throws AwsError for one that doesn't exist, or that EKS refuses.
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
  readonly amiType: string;
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
  const { cluster, user, imageId } = input;
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
    ...userDataOf(input, outside),
  };
}

/** With an AMI of the user's own, the user data is as well: EKS neither merges it nor computes max pods. */
function userDataOf(input: TemplateInput, outside: EksOutside): { UserData?: string } {
  const own = input.user?.data.UserData;
  if (input.amiType === CUSTOM_AMI) return own === undefined ? {} : { UserData: own };
  const data: NodeUserData = {
    clusterName: input.cluster.name,
    server: outside.server,
    certificateAuthority: outside.certificateAuthority,
    serviceCidr: SERVICE_CIDR,
    clusterDns: CLUSTER_DNS,
    maxPods: input.maxPods,
    taints: input.taints,
    labels: nodeLabels(input),
  };
  const render = isBottlerocket(input.amiType) ? renderBottlerocketUserData : renderUserData;
  return { UserData: render(data, own) };
}

/** The labels that EKS gives the nodes of a group, the group's own among them. */
export function nodeLabels(input: {
  readonly nodeGroupName: string;
  readonly imageId: string;
  readonly capacityType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: Pick<UserLaunchTemplate, "id" | "version">;
}): Record<string, string> {
  return {
    "eks.amazonaws.com/nodegroup-image": input.imageId,
    "eks.amazonaws.com/capacityType": input.capacityType,
    "eks.amazonaws.com/nodegroup": input.nodeGroupName,
    ...(input.user === undefined
      ? {}
      : {
          "eks.amazonaws.com/sourceLaunchTemplateId": input.user.id,
          "eks.amazonaws.com/sourceLaunchTemplateVersion": input.user.version,
        }),
    ...input.labels,
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
  const { name, description } = imageOf(amiType);
  const architecture = isArm(amiType) ? "arm64" : "x86_64";
  const known = await imageNamed(name, ec2);
  if (known !== undefined) return known;
  // A copy: it keeps the architecture, which moto forgets of an image that is registered.
  const { ImageId = "" } = await ec2.send(
    new CopyImageCommand({
      Name: name,
      Description: description,
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
