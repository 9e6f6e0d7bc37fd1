import type { PodNetworkRequest } from "../podNetwork/request";

/** What is done with an environment, step by step. */
export type Step = "preview" | "up" | "rotate";

/** An IAM action that a step takes. */
export interface AwsNeed {
  /** `ec2:CreateSubnet` */
  readonly action: string;
  readonly steps: readonly Step[];
  /** Whether it is about the cluster or a thing of it, so that a policy may name these by their ARNs. */
  readonly on?: "cluster" | "nodeGroup" | "addOn" | "nodeRole";
}

/** What of the Kubernetes API a step takes, as `kubectl auth can-i` asks. */
export interface KubernetesNeed {
  readonly verb: string;
  /** Of its API group; none for the core one. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Where it is asked for in one namespace alone. */
  readonly namespace?: string;
  readonly steps: readonly Step[];
}

/** Every step, in their order. */
export const ALL_STEPS: readonly Step[] = ["preview", "up", "rotate"];
/** A preview reads what an update reads. */
const READ: readonly Step[] = ["preview", "up"];
const UP: readonly Step[] = ["up"];
const ROTATE: readonly Step[] = ["rotate"];

const ec2 = (steps: readonly Step[], ...names: string[]): AwsNeed[] =>
  names.map((name) => ({ action: `ec2:${name}`, steps }));

const autoScaling = (steps: readonly Step[], ...names: string[]): AwsNeed[] =>
  names.map((name) => ({ action: `autoscaling:${name}`, steps }));

const loadBalancing = (steps: readonly Step[], ...names: string[]): AwsNeed[] =>
  names.map((name) => ({ action: `elasticloadbalancing:${name}`, steps }));

const eks = (on: "cluster" | "nodeGroup" | "addOn", steps: readonly Step[], ...names: string[]): AwsNeed[] =>
  names.map((name) => ({ action: `eks:${name}`, steps, on }));

/** The IAM actions that the steps take for what is wanted: the components' resources and readers, and the rotation. */
export function awsNeeds({
  egress = "nodes",
  prefixReservations = false,
}: Pick<PodNetworkRequest, "egress" | "prefixReservations">): AwsNeed[] {
  return [
    ...eks("cluster", READ, "DescribeCluster", "ListNodegroups"),
    { action: "eks:DescribeAddonConfiguration", steps: READ },
    ...eks("nodeGroup", ALL_STEPS, "DescribeNodegroup"),
    ...eks("addOn", READ, "DescribeAddon"),
    ...ec2(READ, "DescribeVpcs", "DescribeVpcAttribute", "DescribeVpcPeeringConnections"),
    ...ec2(ALL_STEPS, "DescribeSubnets"),
    ...ec2(READ, "DescribeRouteTables", "DescribeInstanceAttribute", "DescribeVolumes"),
    ...ec2(READ, "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions"),
    ...ec2(ALL_STEPS, "DescribeInstances"),
    ...autoScaling(ALL_STEPS, "DescribeAutoScalingGroups"),

    ...ec2(UP, "AssociateVpcCidrBlock", "CreateSubnet", "CreateTags", "AssociateRouteTable"),
    ...(prefixReservations ? ec2(UP, "CreateSubnetCidrReservation") : []),
    ...(egress === "nodes"
      ? []
      : ec2(UP, "CreateRouteTable", "CreateRoute", "AllocateAddress", "CreateNatGateway")),
    ...eks("addOn", UP, "UpdateAddon"),
    ...eks("cluster", UP, "CreateNodegroup"),
    ...eks("nodeGroup", UP, "TagResource"),
    ...eks("nodeGroup", ["up", "rotate"], "DescribeUpdate"),
    { action: "iam:PassRole", steps: UP, on: "nodeRole" },

    ...ec2(ROTATE, "DescribeNetworkInterfaces", "DescribeInstanceTypes"),
    ...autoScaling(ROTATE, "DescribeAutoScalingInstances", "SuspendProcesses", "ResumeProcesses"),
    ...autoScaling(ROTATE, "TerminateInstanceInAutoScalingGroup", "DescribeScalingActivities"),
    ...autoScaling(ROTATE, "DescribeLifecycleHooks"),
    ...loadBalancing(ROTATE, "DescribeTargetGroups", "DescribeTargetHealth"),
    ...loadBalancing(ROTATE, "DescribeLoadBalancers", "DescribeInstanceHealth"),
    ...eks("nodeGroup", ROTATE, "UpdateNodegroupConfig"),
  ];
}

const SYSTEM = "kube-system";

const core = (steps: readonly Step[], resource: string, verbs: readonly string[], namespace?: string) =>
  inGroup("", steps, resource, verbs, namespace);

function inGroup(
  group: string,
  steps: readonly Step[],
  resource: string,
  verbs: readonly string[],
  namespace?: string,
): KubernetesNeed[] {
  return verbs.map((verb) => ({
    verb,
    group,
    resource,
    ...(namespace !== undefined && { namespace }),
    steps,
  }));
}

/** What the steps take of the Kubernetes API. */
export const KUBERNETES_NEEDS: readonly KubernetesNeed[] = [
  ...inGroup("apps", ALL_STEPS, "daemonsets", ["get"], SYSTEM),
  ...inGroup("crd.k8s.amazonaws.com", READ, "eniconfigs", ["get"]),

  ...inGroup("apps", UP, "daemonsets", ["patch"], SYSTEM),
  ...inGroup("crd.k8s.amazonaws.com", UP, "eniconfigs", ["create", "patch"]),
  ...core(["up", "rotate"], "nodes", ["list"]),
  ...core(["up", "rotate"], "pods", ["list"]),
  ...core(["up", "rotate"], "configmaps", ["get", "create"], SYSTEM),

  ...inGroup("crd.k8s.amazonaws.com", ROTATE, "eniconfigs", ["list"]),
  ...core(ROTATE, "persistentvolumes", ["list"]),
  ...core(ROTATE, "nodes", ["watch", "get", "patch"]),
  ...core(ROTATE, "pods", ["watch"]),
  ...core(ROTATE, "pods", ["create", "get", "delete"], SYSTEM),
  { verb: "create", group: "", resource: "pods", subresource: "eviction", steps: ROTATE },
  ...inGroup("policy", ROTATE, "poddisruptionbudgets", ["list", "watch"]),
  ...inGroup("apps", ROTATE, "replicasets", ["get"]),
  ...inGroup("apps", ROTATE, "statefulsets", ["get"]),
  ...inGroup("storage.k8s.io", ROTATE, "volumeattachments", ["list"]),
  ...inGroup("coordination.k8s.io", ROTATE, "leases", ["get", "create", "update"], SYSTEM),
  ...core(ROTATE, "configmaps", ["patch"], SYSTEM),
];

/** Something that a caller may not do. */
export interface Denial {
  /** `ec2:CreateSubnet`, `create pods/eviction` */
  readonly what: string;
  readonly steps: readonly Step[];
  /**
   * `denied`: it was refused, or a statement denies it; `notAllowed`: nothing allows it for every resource, but a
   * statement that names resources or conditions may.
   */
  readonly how: "denied" | "notAllowed";
}

/** What a caller may not do, and how that was found out. */
export interface Permissions {
  /** The caller: an ARN, or the user of the kubeconfig. */
  readonly who: string;
  /** `iam:SimulatePrincipalPolicy` */
  readonly foundBy: string;
  readonly denials: readonly Denial[];
}
