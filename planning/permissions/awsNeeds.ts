import { scopeOf, type AwsScope } from "./awsScopes";
import { AWS_FUNCTIONS, AWS_RESOURCES, FUNCTIONS_WHEN, type ResourceActions } from "./pulumiResources";
import { ALL_STEPS, circumstances, type Circumstance, type Step, type WantedPermissions } from "./wanted";

/** An IAM action that steps take. */
export interface AwsNeed {
  /** `ec2:CreateSubnet` */
  readonly action: string;
  readonly steps: readonly Step[];
  /** What it is done to, where a policy may name that. */
  readonly on?: AwsScope;
}

/**
 * The IAM actions that the steps take for what is wanted: the components' resources and functions, and the runner's own
 * calls. Each once for each kind of thing that it is done to, in alphabetical order.
 *
 * Nobody needs a policy for sts:GetCallerIdentity, so it is not among them.
 */
export function awsNeeds(wanted: WantedPermissions = {}): AwsNeed[] {
  const given = circumstances(wanted);
  const merged = new Map<string, { action: string; steps: Set<Step>; on?: AwsScope }>();
  for (const { action, steps, on } of [...ofProgram(given), ...ofRunner(given)]) {
    const key = `${action} ${on ?? ""}`;
    const need = merged.get(key) ?? { action, steps: new Set<Step>(), ...(on !== undefined && { on }) };
    for (const step of steps) need.steps.add(step);
    merged.set(key, need);
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, need]) => ({ ...need, steps: ALL_STEPS.filter((step) => need.steps.has(step)) }));
}

type Given = ReadonlySet<Circumstance>;

/** What the program asks when it is previewed, brought up and destroyed. */
function ofProgram(given: Given): AwsNeed[] {
  const resources = Object.entries(AWS_RESOURCES).filter(([, { when }]) => isGiven(when, given));
  const functions = Object.entries(AWS_FUNCTIONS).filter(([name]) => isGiven(FUNCTIONS_WHEN[name], given));
  return [
    ...needs(["preview", "up"], ...functions.flatMap(([, actions]) => actions)),
    ...resources.flatMap(([type, actions]) => ofResource(type, actions)),
    ...(given.has("newAddOn") ? needs(["up"], "eks:CreateAddon") : []),
    // Without the add-on's workload, which stays.
    ...(given.has("newAddOn") ? needs(["rollback"], "eks:DeleteAddon") : []),
  ];
}

/** Of these types, what an update or tags are of. */
const RESOURCE_SCOPES: Readonly<Record<string, AwsScope>> = {
  "eks/nodeGroup": "nodeGroup",
  "eks/addon": "addOn",
  "eks/fargateProfile": "fargateProfile",
};

function ofResource(type: string, actions: ResourceActions): AwsNeed[] {
  const { create, read, update = [], passes } = actions;
  const need = (steps: readonly Step[], names: readonly string[]): AwsNeed[] =>
    names.flatMap((action) => {
      const isOfRole = action === "iam:PassRole" || action === "iam:GetRole";
      const on = isOfRole ? passes : scopeOf(action, RESOURCE_SCOPES[type]);
      if (action === "eks:DescribeUpdate" && on !== undefined) return ofUpdate(steps, on);
      return { action, steps, ...(on !== undefined && { on }) };
    });
  return [
    ...need(["preview", "up", "rollback"], read),
    ...need(["up"], [...create, ...update]),
    ...need(["rollback"], actions.delete),
  ];
}

/** What is asked beside Pulumi. */
function ofRunner(given: Given): AwsNeed[] {
  return [...ofPreflight(), ...ofLooking(given), ...ofUp(given), ...ofRotating(given)];
}

/** All of it is looked at where it may be. */
function ofPreflight(): AwsNeed[] {
  const ec2 = [
    ...["DescribeInstances", "DescribeLaunchTemplateVersions", "DescribeManagedPrefixLists"],
    ...["DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribeRouteTables"],
    ...["DescribeSecurityGroupRules", "DescribeSecurityGroups", "DescribeSubnets"],
    ...["DescribeTransitGatewayVpcAttachments", "DescribeVpcEndpoints", "DescribeVpcPeeringConnections"],
    ...["DescribeVpcs", "GetManagedPrefixListEntries", "DescribeInstanceTypes"],
  ];
  return [
    ...needs(["preflight"], ...ec2.map((name) => `ec2:${name}`)),
    ...needs(["preflight"], "eks:DescribeCluster", "eks:ListNodegroups", "eks:DescribeNodegroup"),
    ...needs(["preflight"], "eks:DescribeAddon", "eks:DescribePodIdentityAssociation"),
    ...needs(["preflight"], "eks:DescribeAddonVersions"),
    ...needs(
      ["preflight"],
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
    ),
    ...needs(["preflight"], "servicequotas:ListServiceQuotas"),
    ...needs(["preflight"], "iam:SimulatePrincipalPolicy", "iam:GetRole", "iam:GetInstanceProfile"),
  ];
}

/** What is asked of nodes and groups by who only looks, and again by who goes on from there. */
function ofLooking(given: Given): AwsNeed[] {
  const observing: readonly Step[] = ["preview", "rotate", "rollback", "verify"];
  const planning: readonly Step[] = ["preview", "rotate", "rollback"];
  const steps: readonly Step[] = given.has("controlPlane") ? ["up", ...observing] : observing;
  return [
    ...needs(steps, "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes"),
    ...needs(steps, "autoscaling:DescribeAutoScalingInstances"),
    ...needs(planning, "eks:DescribeNodegroup", "autoscaling:DescribeAutoScalingGroups"),
    ...needs(planning, "ec2:DescribeSubnets", "ec2:DescribeLaunchTemplateVersions"),
    ...needs(["preview"], "ec2:DescribeInstances", "ec2:DescribeTransitGatewayVpcAttachments"),
  ];
}

function ofUp(given: Given): AwsNeed[] {
  const ofAddOn = given.has("addOn");
  return [
    // How the CNI is set is written down first, in whichever way it is installed.
    ...needs(["up"], "eks:DescribeCluster", "eks:DescribeAddon", "ec2:DescribeVpcs"),
    ...(ofAddOn ? needs(["preview", "up"], "eks:DescribeAddonConfiguration") : []),
    // Which versions are on the way to the one that is asked for.
    ...(given.has("addOnVersion") ? needs(["up"], "eks:DescribeAddonVersions") : []),
    ...(ofAddOn ? needs(["rollback"], "eks:UpdateAddon") : []),
    ...(ofAddOn ? ofUpdate(["rollback"], "addOn") : []),
    ...needs(["rollback"], "eks:DescribeAddon"),
  ];
}

const BOTH_WAYS: readonly Step[] = ["rotate", "rollback"];

function ofRotating(given: Given): AwsNeed[] {
  const hasManaged = given.has("managed") || given.has("managedWorkers");
  const hasScaling = given.has("autoScalingGroup") || given.has("autoScalingWorkers");
  const resizing: AwsNeed[] = [
    ...needs(BOTH_WAYS, "eks:UpdateNodegroupConfig"),
    ...ofUpdate(BOTH_WAYS, "nodeGroup"),
  ];
  return [
    ...(hasManaged ? resizing : []),
    ...(hasScaling ? needs(BOTH_WAYS, "autoscaling:UpdateAutoScalingGroup") : []),
    ...(hasManaged || hasScaling ? ofGroups() : []),
    ...needs(BOTH_WAYS, "ec2:DescribeInstances"),
    ...(given.has("standalone") ? needs(BOTH_WAYS, "ec2:TerminateInstances") : []),
    // Interfaces that the CNI has left behind would keep the pod subnets from going.
    ...needs(["rollback"], "ec2:DeleteNetworkInterface"),
    ...(given.has("removeLeakedEnis") ? needs(["rotate"], "ec2:DeleteNetworkInterface") : []),
    ...(given.has("deleteEmptyGroups") && given.has("managed")
      ? needs(["rotate"], "eks:DeleteNodegroup")
      : []),
    ...(given.has("deleteEmptyGroups") && given.has("autoScalingGroup")
      ? needs(["rotate"], "autoscaling:DeleteAutoScalingGroup")
      : []),
    ...needs(BOTH_WAYS, "elasticloadbalancing:DescribeTargetGroups"),
    ...needs(BOTH_WAYS, "elasticloadbalancing:DescribeTargetHealth"),
    ...needs(BOTH_WAYS, "elasticloadbalancing:DescribeLoadBalancers"),
    ...needs(BOTH_WAYS, "elasticloadbalancing:DescribeInstanceHealth"),
  ];
}

/** A managed node group has an Auto Scaling group as well, which is held and asked in the same way. */
function ofGroups(): AwsNeed[] {
  const names = [
    ...["SuspendProcesses", "ResumeProcesses", "TerminateInstanceInAutoScalingGroup"],
    ...["DescribeScalingActivities", "DescribeLifecycleHooks"],
  ];
  return needs(BOTH_WAYS, ...names.map((name) => `autoscaling:${name}`));
}

/** The cluster has to be allowed beside what the update is of. */
function ofUpdate(steps: readonly Step[], on: AwsScope): AwsNeed[] {
  const action = "eks:DescribeUpdate";
  return [
    { action, steps, on: "cluster" },
    { action, steps, on },
  ];
}

function needs(steps: readonly Step[], ...actions: string[]): AwsNeed[] {
  return actions.map((action) => {
    const on = scopeOf(action);
    return { action, steps, ...(on !== undefined && { on }) };
  });
}

function isGiven(when: readonly Circumstance[] | undefined, given: Given): boolean {
  return when === undefined || when.some((one) => given.has(one));
}
