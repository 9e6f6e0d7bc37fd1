/**
 * Actions that steps are given for and that no call of the sandbox's small world takes, by the reason: its configuration
 * and its cluster are one of many.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  "Pulumi's own AWS plugin asks it, the sandbox's does not": [
    "ec2:DescribeAddressesAttribute",
    "ec2:DescribeInstanceCreditSpecifications",
    "ec2:DisassociateAddress",
  ],
  "of instance types that are not in the table": ["ec2:DescribeInstanceTypes"],
  "of route tables and security groups that name prefix lists or a transit gateway": [
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:GetManagedPrefixListEntries",
  ],
  "of nodes outside of managed groups": [
    "autoscaling:DescribeAutoScalingInstances",
    "ec2:DescribeInstances",
    "iam:GetInstanceProfile",
  ],
  "of groups whose launch template says what their instances are": ["ec2:DescribeLaunchTemplateVersions"],
  "of an add-on with a pod identity": ["eks:DescribePodIdentityAssociation"],
  "of a caller that is a role's session": ["iam:GetRole"],
  "of a launch template, a version of Kubernetes, a NAT gateway or a route table that the configuration changes":
    [
      "ec2:CreateLaunchTemplateVersion",
      "ec2:ModifyLaunchTemplate",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "eks:UpdateNodegroupVersion",
    ],
  "of instances that are long in coming or going": [
    "autoscaling:DescribeLifecycleHooks",
    "autoscaling:DescribeScalingActivities",
  ],
  "of nodes behind load balancers": [
    "elasticloadbalancing:DescribeInstanceHealth",
    "elasticloadbalancing:DescribeTargetHealth",
  ],
  "of interfaces that the CNI has left behind": ["ec2:DeleteNetworkInterface"],
};

/** The same of verbs of roles in Kubernetes, each as the spec words them. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  "Pulumi's own Kubernetes plugin watches what it deletes": [
    "list eniconfigs.crd.k8s.amazonaws.com",
    "watch eniconfigs.crd.k8s.amazonaws.com",
  ],
  "of a way back before any rotation, which else has made them": [
    "create configmaps in kube-system",
    "create leases.coordination.k8s.io in kube-system",
  ],
  "of webhooks that a service of the cluster answers": ["list endpointslices.discovery.k8s.io"],
  "the API server asks it by itself, beside get": ["create pods/portforward in kube-system"],
  "of owners whose pods are not ready elsewhere within two seconds": [
    "get replicasets.apps",
    "get statefulsets.apps",
  ],
  "of a rotation that runs and is to pause": [
    "patch leases.coordination.k8s.io eks-pod-network-rotation in kube-system",
  ],
};

/** Every action of {@link ACTIONS}. */
export const UNSEEN_ACTIONS = new Set(Object.values(ACTIONS).flat());

/** Every verb of {@link VERBS}. */
export const UNUSED_VERBS = new Set(Object.values(VERBS).flat());
