import type { NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";

/** A managed node group of AL2023 as others made it, whose settings are all there to be copied. */
export const generalGroup: NodeGroupFacts = {
  nodeGroupName: "general",
  subnetIds: ["subnet-node-b", "subnet-node-a"],
  instanceTypes: ["m7g.large"],
  amiType: "AL2023_ARM_64_STANDARD",
  capacityType: "SPOT",
  diskSize: 80,
  labels: { workload: "general", "alpha.eksctl.io/nodegroup-name": "general" },
  taints: [{ key: "dedicated", value: "general", effect: "NoSchedule" }],
  nodeRoleArn: "arn:aws:iam::123456789012:role/general",
  tags: { team: "platform", "aws:cloudformation:stack-name": "nodes", "eks:cluster-name": "small" },
  minSize: 3,
  maxSize: 9,
  desiredSize: 4,
};

/** The answer of the data source `aws.eks.getNodeGroup` for a group. */
export function asDataSource(group: NodeGroupFacts): Record<string, unknown> {
  const { diskSize = 0, launchTemplate, minSize, maxSize, desiredSize, taints, ...same } = group;
  return {
    ...same,
    diskSize,
    launchTemplates: launchTemplate === undefined ? [] : [launchTemplate],
    scalingConfigs: [{ minSize, maxSize, desiredSize }],
    taints: taints.map(({ key, value = "", effect }) => ({
      key,
      value,
      effect: { NoSchedule: "NO_SCHEDULE", NoExecute: "NO_EXECUTE", PreferNoSchedule: "PREFER_NO_SCHEDULE" }[
        effect
      ],
    })),
  };
}
