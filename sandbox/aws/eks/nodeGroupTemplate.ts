import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  type RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { CUSTOM_AMI, isBottlerocket } from "./amiTypes";
import { renderBottlerocketUserData } from "./bottlerocketUserData";
import { CLUSTER_DNS, SERVICE_CIDR, type EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup, NodeGroupTaint } from "./eksState";
import { renderUserData, type NodeUserData } from "./nodeUserData";
import type { UserLaunchTemplate } from "./userLaunchTemplate";

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

/** Adds a version for nodes that are to be other than before. @returns its number. */
export async function createTemplateVersion(
  group: Pick<NodeGroup, "launchTemplateId">,
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
