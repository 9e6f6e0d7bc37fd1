import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import type { V1Node } from "@kubernetes/client-node";
import type { EksOutside } from "./eksOutside";
import type { Cluster, NodeGroup } from "./eksState";

/** The Auto Scaling group of a node group, while it is there. */
export async function autoScalingGroupOf(
  group: NodeGroup,
  { autoScaling }: EksOutside,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group.autoScalingGroupName] }),
  );
  return found;
}

/** The instance that a node runs on: the last part of its provider's id. */
export function instanceIdOf(node: V1Node): string {
  return node.spec?.providerID?.split("/").at(-1) ?? "";
}

/** Whether a node says that it is Ready. */
export function isReady(node: V1Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

/** What a group launches: its version of EKS's template, as one of the instance types. */
export function launchPolicy(
  group: Pick<NodeGroup, "launchTemplateId" | "launchTemplateVersion" | "instanceTypes">,
) {
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: {
        LaunchTemplateId: group.launchTemplateId,
        Version: group.launchTemplateVersion,
      },
      Overrides: group.instanceTypes.map((InstanceType) => ({ InstanceType })),
    },
  };
}

/** Makes the Auto Scaling group of a node group. */
export async function createAutoScalingGroup(
  cluster: Cluster,
  group: NodeGroup,
  outside: EksOutside,
): Promise<void> {
  const tags = {
    "eks:cluster-name": cluster.name,
    "eks:nodegroup-name": group.name,
    "k8s.io/cluster-autoscaler/enabled": "true",
    [`k8s.io/cluster-autoscaler/${cluster.name}`]: "owned",
    [`kubernetes.io/cluster/${cluster.name}`]: "owned",
  };
  await outside.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      MinSize: group.minSize,
      MaxSize: group.maxSize,
      DesiredCapacity: group.desiredSize,
      VPCZoneIdentifier: group.subnetIds.join(","),
      MixedInstancesPolicy: launchPolicy(group),
      HealthCheckGracePeriod: 15,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
    }),
  );
}
