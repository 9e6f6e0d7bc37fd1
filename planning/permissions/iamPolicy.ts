import { CLUSTER_TAG } from "../podNetwork/clusterFacts";
import type { AwsNeed } from "./awsNeeds";
import type { AwsScope } from "./awsScopes";
import type { Step } from "./wanted";

/** Where what a policy names is, as far as it is known. */
export interface PolicyPlace {
  readonly clusterName: string;
  readonly region: string;
  /** 12 digits. @default any */
  readonly account?: string | undefined;
  /** Roles of new workers. @default any */
  readonly nodeRoleArns?: readonly string[] | undefined;
  /** The role of the Fargate profile's pods. @default any */
  readonly fargateRoleArn?: string | undefined;
}

/** A condition of IAM, by operator and key. */
export type IamCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a policy allows. */
export interface IamStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: IamCondition;
}

/** A policy, as `aws iam create-policy` takes it. */
export interface IamPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly IamStatement[];
}

/**
 * The least policy for some steps: things are named by their ARNs where they are known before, or by the tag that they
 * have, and a role is passed to its service alone. All else is allowed in the Region of the cluster.
 */
export function iamPolicy(needs: readonly AwsNeed[], steps: readonly Step[], place: PolicyPlace): IamPolicy {
  const ofSteps = needs.filter((need) => need.steps.some((step) => steps.includes(step)));
  const bySid = new Map<string, AwsNeed[]>();
  for (const need of ofSteps) {
    const sid = sidOf(need);
    bySid.set(sid, [...(bySid.get(sid) ?? []), need]);
  }
  return { Version: "2012-10-17", Statement: [...bySid].sort(bySidOrder).map(statement(place)) };
}

const SIDS: Readonly<Record<AwsScope, string>> = {
  cluster: "Cluster",
  nodeGroup: "NodeGroups",
  addOn: "AddOn",
  fargateProfile: "FargateProfile",
  podIdentity: "PodIdentity",
  scalingGroup: "ScalingGroups",
  instance: "StandaloneInstances",
  leakedEni: "LeakedInterfaces",
  podSubnet: "PodSubnets",
  nodeRole: "NodeRole",
  instanceRole: "InstanceRole",
  addOnRole: "AddOnRole",
  fargateRole: "FargateRole",
};
const IN_REGION = "InRegion";
const OF_IAM = "Iam";

function sidOf({ action, on }: AwsNeed): string {
  if (on === undefined) return action.startsWith("iam:") ? OF_IAM : IN_REGION;
  return action === "iam:PassRole" ? `Pass${SIDS[on]}` : SIDS[on];
}

/** What is allowed for anything comes first, the rest by name. */
function bySidOrder([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const rank = (sid: string) => (sid === IN_REGION ? 0 : sid === OF_IAM ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function statement(place: PolicyPlace) {
  return ([Sid, needs]: readonly [string, readonly AwsNeed[]]): IamStatement => {
    const [first] = needs;
    const on = first?.on;
    const Condition =
      Sid === IN_REGION
        ? { StringEquals: { "aws:RequestedRegion": place.region } }
        : on && (first.action === "iam:PassRole" ? passedCondition(on) : tagCondition(on, place));
    const arns = on === undefined ? ["*"] : arnPatterns(on, place);
    const [only, ...more] = arns;
    return {
      Sid,
      Effect: "Allow",
      Action: [...new Set(needs.map((need) => need.action))].sort(),
      Resource: only !== undefined && more.length === 0 ? only : arns,
      ...(Condition !== undefined && { Condition }),
    };
  };
}

/** The ARNs of a kind of thing, with `*` in the place of what is not known. */
export function arnPatterns(scope: AwsScope, place: PolicyPlace): readonly string[] {
  const { clusterName, region, account = "*", nodeRoleArns = [], fargateRoleArn } = place;
  const partition = partitionOf(region);
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const anyRole = [`arn:${partition}:iam::${account}:role/*`];
  const patterns: Readonly<Record<AwsScope, readonly string[]>> = {
    cluster: [arn("eks", `cluster/${clusterName}`)],
    nodeGroup: [arn("eks", `nodegroup/${clusterName}/*/*`)],
    addOn: [arn("eks", `addon/${clusterName}/vpc-cni/*`)],
    fargateProfile: [arn("eks", `fargateprofile/${clusterName}/*/*`)],
    podIdentity: [arn("eks", `podidentityassociation/${clusterName}/*`)],
    scalingGroup: [arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")],
    instance: [arn("ec2", "instance/*")],
    leakedEni: [arn("ec2", "network-interface/*")],
    podSubnet: [arn("ec2", "subnet/*")],
    nodeRole: nodeRoleArns.length > 0 ? nodeRoleArns : anyRole,
    instanceRole: anyRole,
    addOnRole: anyRole,
    fargateRole: fargateRoleArn === undefined ? anyRole : [fargateRoleArn],
  };
  return patterns[scope];
}

/**
 * Partitions besides the one of most Regions, by how the names of their Regions begin.
 *
 * Source: IAM user guide, "Amazon Resource Names (ARNs)"; the table of partitions in AWS's SDKs (partitions.json).
 */
const PARTITIONS: readonly (readonly [regions: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
];

function partitionOf(region: string): string {
  return PARTITIONS.find(([regions]) => region.startsWith(regions))?.[1] ?? "aws";
}

/** The tag by which a thing is known to be the cluster's, and its value where it matters. */
export function tagOf(
  scope: AwsScope,
  clusterName: string,
): { readonly key: string; readonly value?: string } | undefined {
  switch (scope) {
    // The EKS user guide asks it of self-managed nodes and their groups; EKS gives it to those of managed ones.
    case "scalingGroup":
    case "instance":
      return { key: `kubernetes.io/cluster/${clusterName}` };
    // The CNI gives it to every network interface that it makes.
    case "leakedEni":
      return { key: "node.k8s.amazonaws.com/instance_id" };
    case "podSubnet":
      return { key: CLUSTER_TAG, value: clusterName };
    default:
      return undefined;
  }
}

function tagCondition(scope: AwsScope, { clusterName }: PolicyPlace): IamCondition | undefined {
  const tag = tagOf(scope, clusterName);
  if (tag === undefined) return undefined;
  const key = `aws:ResourceTag/${tag.key}`;
  return tag.value === undefined ? { Null: { [key]: "false" } } : { StringEquals: { [key]: tag.value } };
}

/** The services that a role is passed to. */
const PASSED_TO: Readonly<Partial<Record<AwsScope, string | readonly string[]>>> = {
  nodeRole: "eks.amazonaws.com",
  instanceRole: "ec2.amazonaws.com",
  addOnRole: ["eks.amazonaws.com", "pods.eks.amazonaws.com"],
  fargateRole: "eks-fargate-pods.amazonaws.com",
};

function passedCondition(scope: AwsScope): IamCondition {
  return { StringEquals: { "iam:PassedToService": PASSED_TO[scope] ?? [] } };
}
