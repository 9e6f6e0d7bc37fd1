import type * as pulumi from "@pulumi/pulumi";
import { getGroup } from "@pulumi/aws/autoscaling/getGroup";
import { getLaunchTemplate } from "@pulumi/aws/ec2/getLaunchTemplate";
import type { NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";
import { readNodeMarks } from "../../planning/userData/readNodeMarks";

/**
 * Reads an Auto Scaling group of a worker group as if it were a managed one: labels and taints are in the user data that
 * was written for it. Needs autoscaling:DescribeAutoScalingGroups, ec2:DescribeLaunchTemplates and
 * DescribeLaunchTemplateVersions.
 */
export async function readOwnScalingGroup(
  name: string,
  opts?: pulumi.InvokeOptions,
): Promise<NodeGroupFacts> {
  const group = await getGroup({ name }, opts);
  const [policy] = group.mixedInstancesPolicies;
  const [mixed] = policy?.launchTemplates ?? [];
  const id = group.launchTemplates[0]?.id ?? mixed?.launchTemplateSpecifications[0]?.launchTemplateId;
  const template = id === undefined ? undefined : await getLaunchTemplate({ id }, opts);
  const diskSize = template?.blockDeviceMappings[0]?.ebs[0]?.volumeSize ?? 0;
  const isSpot =
    mixed === undefined
      ? template?.instanceMarketOptions[0]?.marketType === "spot"
      : policy?.instancesDistributions[0]?.onDemandPercentageAboveBaseCapacity === 0;
  const types = (mixed?.overrides ?? []).map(({ instanceType }) => instanceType);
  const tags = group.tags.filter(
    // Each group has a name of its own.
    ({ key, value }) => !key.startsWith("kubernetes.io/cluster/") && !(key === "Name" && value === name),
  );
  return {
    nodeGroupName: name,
    subnetIds: group.vpcZoneIdentifier.split(",").filter((subnetId) => subnetId !== ""),
    instanceTypes: types.length > 0 ? types : [template?.instanceType ?? ""],
    amiType: "CUSTOM",
    capacityType: isSpot ? "SPOT" : "",
    ...(diskSize > 0 && { diskSize }),
    ...readNodeMarks(Buffer.from(template?.userData ?? "", "base64").toString()),
    nodeRoleArn: "",
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    minSize: group.minSize,
    maxSize: group.maxSize,
    desiredSize: group.desiredCapacity,
  };
}
