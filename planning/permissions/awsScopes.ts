import type { PassedRole } from "./pulumiResources";

/** A kind of thing that a policy may name: by its ARN, by a tag that it has, or by the service that a role is passed to. */
export type AwsScope =
  | "cluster"
  | "nodeGroup"
  | "addOn"
  | "fargateProfile"
  | "podIdentity"
  | "scalingGroup"
  | "instance"
  | "leakedEni"
  | "podSubnet"
  | PassedRole;

/**
 * What an action is done to; one that is not here is done to anything, or what it is done to has no name before.
 *
 * By the Service Authorization Reference:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html,
 * list_amazonec2autoscaling.html, list_amazonec2.html.
 */
const SCOPES: Readonly<Record<string, AwsScope>> = {
  "eks:DescribeCluster": "cluster",
  "eks:ListNodegroups": "cluster",
  "eks:CreateNodegroup": "cluster",
  "eks:CreateAddon": "cluster",
  "eks:CreateFargateProfile": "cluster",
  "eks:DescribeNodegroup": "nodeGroup",
  "eks:UpdateNodegroupConfig": "nodeGroup",
  "eks:UpdateNodegroupVersion": "nodeGroup",
  "eks:DeleteNodegroup": "nodeGroup",
  "eks:DescribeAddon": "addOn",
  "eks:UpdateAddon": "addOn",
  "eks:DeleteAddon": "addOn",
  "eks:DescribeFargateProfile": "fargateProfile",
  "eks:DeleteFargateProfile": "fargateProfile",
  "eks:DescribePodIdentityAssociation": "podIdentity",
  "autoscaling:SuspendProcesses": "scalingGroup",
  "autoscaling:ResumeProcesses": "scalingGroup",
  "autoscaling:TerminateInstanceInAutoScalingGroup": "scalingGroup",
  "autoscaling:UpdateAutoScalingGroup": "scalingGroup",
  "autoscaling:DeleteAutoScalingGroup": "scalingGroup",
  "ec2:TerminateInstances": "instance",
  "ec2:DeleteNetworkInterface": "leakedEni",
  "ec2:DeleteSubnet": "podSubnet",
};

/** Actions that are done to whatever the update or the tags are of. */
const OF_ITS_RESOURCE: ReadonlySet<string> = new Set([
  "eks:DescribeUpdate",
  "eks:TagResource",
  "eks:UntagResource",
]);

/**
 * What an action is done to.
 *
 * @param resource the kind of thing that it is about, where the action alone does not tell.
 */
export function scopeOf(action: string, resource?: AwsScope): AwsScope | undefined {
  return OF_ITS_RESOURCE.has(action) ? resource : SCOPES[action];
}
