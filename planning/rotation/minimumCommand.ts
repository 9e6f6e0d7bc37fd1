import type { NodeGroupRef } from "./nodeOwner";

/**
 * The command that gives a group of nodes a minimum size, to be pasted.
 *
 * EKS takes no minimum above the desired size (https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html),
 * so that is raised in the same call; Auto Scaling raises it itself.
 */
export function minimumCommand(
  clusterName: string,
  { kind, name }: NodeGroupRef,
  { minSize, desiredSize }: { readonly minSize: number; readonly desiredSize: number },
): string {
  return kind === "managedNodeGroup"
    ? `aws eks update-nodegroup-config --cluster-name ${clusterName} --nodegroup-name ${name} --scaling-config minSize=${minSize},desiredSize=${Math.max(minSize, desiredSize)}`
    : `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${name} --min-size ${minSize}`;
}
