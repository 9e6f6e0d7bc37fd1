import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { text } from "../resourceKind";
import { tagsState } from "../tags";

export const getNodeGroup: AwsFunction = {
  token: "aws:eks/getNodeGroup:getNodeGroup",
  args: {
    clusterName: { type: "string", required: true },
    nodeGroupName: { type: "string", required: true },
    region: { type: "string" },
    tags: { type: "map" },
  },
  async call(args, aws) {
    const clusterName = text(args, "clusterName");
    const nodegroupName = text(args, "nodeGroupName");
    const id = `${clusterName}:${nodegroupName}`;
    const { nodegroup } = await says(`reading EKS Node Group (${id})`, () =>
      aws.eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName })),
    );
    if (nodegroup === undefined) throw new Error(`reading EKS Node Group (${id}): couldn't find resource`);
    const { launchTemplate, scalingConfig, updateConfig } = nodegroup;
    return {
      amiType: nodegroup.amiType ?? "",
      arn: nodegroup.nodegroupArn ?? "",
      capacityType: nodegroup.capacityType ?? "",
      clusterName,
      diskSize: nodegroup.diskSize ?? 0,
      id,
      instanceTypes: nodegroup.instanceTypes ?? [],
      labels: nodegroup.labels ?? {},
      launchTemplates:
        launchTemplate === undefined
          ? []
          : [
              {
                id: launchTemplate.id ?? "",
                name: launchTemplate.name ?? "",
                version: launchTemplate.version ?? "",
              },
            ],
      nodeGroupName: nodegroupName,
      nodeRoleArn: nodegroup.nodeRole ?? "",
      releaseVersion: nodegroup.releaseVersion ?? "",
      remoteAccesses: [],
      resources: [
        {
          autoscalingGroups: (nodegroup.resources?.autoScalingGroups ?? []).map(({ name = "" }) => ({
            name,
          })),
          remoteAccessSecurityGroupId: nodegroup.resources?.remoteAccessSecurityGroup ?? "",
        },
      ],
      scalingConfigs: [
        {
          desiredSize: scalingConfig?.desiredSize ?? 0,
          maxSize: scalingConfig?.maxSize ?? 0,
          minSize: scalingConfig?.minSize ?? 0,
        },
      ],
      status: nodegroup.status ?? "",
      subnetIds: nodegroup.subnets ?? [],
      tags: tagsState(nodegroup.tags ?? {}, aws).tagsAll,
      taints: (nodegroup.taints ?? []).map(({ effect = "", key = "", value = "" }) => ({
        effect,
        key,
        value,
      })),
      updateConfigs:
        updateConfig === undefined
          ? []
          : [
              {
                maxUnavailable: updateConfig.maxUnavailable ?? 0,
                maxUnavailablePercentage: updateConfig.maxUnavailablePercentage ?? 0,
                updateStrategy: updateConfig.updateStrategy ?? "",
              },
            ],
      version: nodegroup.version ?? "",
      warmPoolConfigs: [],
    };
  },
};
