import type { Circumstance } from "./wanted";

/** A role that a service is handed: of nodes, of instances of Auto Scaling groups, of the add-on, of Fargate's pods. */
export type PassedRole = "nodeRole" | "instanceRole" | "addOnRole" | "fargateRole";

/** What Pulumi's AWS plugin asks of AWS for a resource of one type. */
export interface ResourceActions {
  /** Where it is made at all. @default always */
  readonly when?: readonly Circumstance[];
  /** The role that a service is handed with it. @default none */
  readonly passes?: PassedRole;
  readonly create: readonly string[];
  readonly read: readonly string[];
  /** @default none: it is replaced, or never changes */
  readonly update?: readonly string[];
  readonly delete: readonly string[];
}

/**
 * The types of resources that the components make, as they are imported from `@pulumi/aws`, and the actions of each. The
 * plugin is Terraform's AWS provider: https://github.com/hashicorp/terraform-provider-aws, internal/service.
 */
export const AWS_RESOURCES: Readonly<Record<string, ResourceActions>> = {
  "ec2/vpcIpv4CidrBlockAssociation": {
    create: ["ec2:AssociateVpcCidrBlock"],
    read: ["ec2:DescribeVpcs"],
    delete: ["ec2:DisassociateVpcCidrBlock"],
  },
  "ec2/subnet": {
    create: ["ec2:CreateSubnet", "ec2:CreateTags"],
    read: ["ec2:DescribeSubnets"],
    update: ["ec2:DeleteTags"],
    delete: ["ec2:DeleteSubnet", "ec2:DescribeNetworkInterfaces"],
  },
  "ec2/subnetCidrReservation": {
    when: ["prefixReservations"],
    create: ["ec2:CreateSubnetCidrReservation"],
    read: ["ec2:GetSubnetCidrReservations"],
    delete: ["ec2:DeleteSubnetCidrReservation"],
  },
  "ec2/routeTableAssociation": {
    create: ["ec2:AssociateRouteTable"],
    read: ["ec2:DescribeRouteTables"],
    update: ["ec2:ReplaceRouteTableAssociation"],
    delete: ["ec2:DisassociateRouteTable"],
  },
  "ec2/routeTable": {
    when: ["natGateways"],
    create: ["ec2:CreateRouteTable", "ec2:CreateTags"],
    read: ["ec2:DescribeRouteTables"],
    update: ["ec2:DeleteTags"],
    delete: ["ec2:DeleteRouteTable"],
  },
  "ec2/route": {
    when: ["natGateways"],
    create: ["ec2:CreateRoute"],
    read: ["ec2:DescribeRouteTables"],
    update: ["ec2:ReplaceRoute"],
    delete: ["ec2:DeleteRoute"],
  },
  "ec2/eip": {
    when: ["natGateways"],
    create: ["ec2:AllocateAddress", "ec2:CreateTags"],
    read: ["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"],
    update: ["ec2:DeleteTags"],
    delete: ["ec2:ReleaseAddress", "ec2:DisassociateAddress"],
  },
  "ec2/natGateway": {
    when: ["natGateways"],
    create: ["ec2:CreateNatGateway", "ec2:CreateTags"],
    read: ["ec2:DescribeNatGateways"],
    update: ["ec2:DeleteTags"],
    delete: ["ec2:DeleteNatGateway"],
  },
  "ec2/launchTemplate": {
    when: ["managedWorkers", "autoScalingWorkers"],
    // Who makes a group by a template must be allowed to run what it says.
    create: ["ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:RunInstances"],
    read: ["ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"],
    update: ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate", "ec2:DeleteTags"],
    delete: ["ec2:DeleteLaunchTemplate"],
  },
  "eks/fargateProfile": {
    when: ["fargateProfile"],
    passes: "fargateRole",
    create: ["eks:CreateFargateProfile", "eks:TagResource", "iam:PassRole"],
    read: ["eks:DescribeFargateProfile"],
    update: ["eks:UntagResource"],
    delete: ["eks:DeleteFargateProfile"],
  },
  "eks/nodeGroup": {
    when: ["managedWorkers"],
    passes: "nodeRole",
    create: ["eks:CreateNodegroup", "eks:TagResource", "iam:PassRole", "iam:GetRole"],
    read: ["eks:DescribeNodegroup"],
    update: [
      "eks:UpdateNodegroupConfig",
      "eks:UpdateNodegroupVersion",
      "eks:DescribeUpdate",
      "eks:UntagResource",
    ],
    delete: ["eks:DeleteNodegroup"],
  },
  "autoscaling/group": {
    when: ["autoScalingWorkers"],
    passes: "instanceRole",
    create: ["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "iam:PassRole"],
    read: ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"],
    update: ["autoscaling:UpdateAutoScalingGroup", "autoscaling:DeleteTags"],
    delete: ["autoscaling:DeleteAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"],
  },
  "eks/addon": {
    when: ["addOn"],
    passes: "addOnRole",
    // One that is there is taken over; the one that takes the place of a self-managed CNI is `newAddOn`.
    create: [],
    read: ["eks:DescribeAddon", "eks:DescribePodIdentityAssociation"],
    update: ["eks:UpdateAddon", "eks:DescribeUpdate", "eks:TagResource", "eks:UntagResource", "iam:PassRole"],
    delete: [],
  },
};

/** What the functions of Pulumi's AWS plugin ask that the components call, as they are imported from `@pulumi/aws`. */
export const AWS_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "ec2/getInstance": [
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceAttribute",
    "ec2:DescribeInstanceCreditSpecifications",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeVolumes",
  ],
  "ec2/getInstances": ["ec2:DescribeInstances"],
  "ec2/getLaunchTemplate": ["ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"],
  "ec2/getRouteTable": ["ec2:DescribeRouteTables"],
  "ec2/getRouteTables": ["ec2:DescribeRouteTables"],
  "ec2/getSubnet": ["ec2:DescribeSubnets"],
  "ec2/getSubnets": ["ec2:DescribeSubnets"],
  "ec2/getVpc": ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"],
  "ec2/getVpcPeeringConnection": ["ec2:DescribeVpcPeeringConnections"],
  "ec2/getVpcPeeringConnections": ["ec2:DescribeVpcPeeringConnections"],
  "eks/getAddon": ["eks:DescribeAddon", "eks:DescribePodIdentityAssociation"],
  "eks/getAddonVersion": ["eks:DescribeAddonVersions"],
  "eks/getCluster": ["eks:DescribeCluster"],
  "eks/getNodeGroup": ["eks:DescribeNodegroup"],
  "eks/getNodeGroups": ["eks:ListNodegroups"],
  "autoscaling/getAmiIds": ["autoscaling:DescribeAutoScalingGroups"],
  "autoscaling/getGroup": ["autoscaling:DescribeAutoScalingGroups"],
  getDefaultTags: [],
};

/** Where a function is called at all. @default always */
export const FUNCTIONS_WHEN: Readonly<Record<string, readonly Circumstance[]>> = {
  "eks/getAddonVersion": ["newAddOn"],
};
