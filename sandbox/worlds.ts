import type { WorldBuilder } from "./worlds/world";

/** What a sandbox may start with. */
export interface World {
  /** What is in it, as lists of worlds say it. */
  readonly summary: string;
  /** The EKS cluster that is in it, or that may be made in it. */
  readonly clusterName: string;
  /** How many nodes it may have; only of worlds that may have any number. */
  readonly nodes?: { readonly usual: number; readonly from: number; readonly to: number };
  /** Loads what builds it, when it is built; none where there is nothing to build. */
  readonly load?: () => WorldBuilder;
}

/* eslint-disable @typescript-eslint/no-require-imports -- loads the AWS SDK, which only a start needs */

/** Every world, by its name. */
export const worlds = {
  small: {
    summary: "6 nodes in 3 zones whose pods take the addresses of their subnets, and a dozen workloads",
    clusterName: "small",
    load: () => (require("./worlds/small") as typeof import("./worlds/small")).buildSmallWorld,
  },
  bare: {
    summary: "the same with 3 nodes and no workloads, quick to start",
    clusterName: "bare",
    load: () => (require("./worlds/bare") as typeof import("./worlds/bare")).buildBareWorld,
  },
  scattered: {
    summary: "nodes in other subnets than the control plane, one route table, an aws-node that is no add-on",
    clusterName: "orders-prod",
    load: () => (require("./worlds/scattered") as typeof import("./worlds/scattered")).buildScatteredWorld,
  },
  prefixes: {
    summary: "prefix delegation, external SNAT and security groups for pods",
    clusterName: "telemetry",
    load: () => (require("./worlds/prefixes") as typeof import("./worlds/prefixes")).buildPrefixesWorld,
  },
  large: {
    summary: "200 nodes and 4,000 pods, or as many nodes as --nodes says; kept, and started again in seconds",
    clusterName: "large",
    nodes: { usual: 200, from: 10, to: 1_000 },
    load: () => (require("./worlds/large") as typeof import("./worlds/large")).buildLargeWorld,
  },
  "impossible-pdb": {
    summary: "two PodDisruptionBudgets that can never allow an eviction",
    clusterName: "impossible-pdb",
    load: () =>
      (require("./worlds/impossible-pdb") as typeof import("./worlds/impossible-pdb"))
        .buildImpossiblePdbWorld,
  },
  "two-pdbs": {
    summary: "two PodDisruptionBudgets for the same pods: every eviction is an error",
    clusterName: "two-pdbs",
    load: () => (require("./worlds/two-pdbs") as typeof import("./worlds/two-pdbs")).buildTwoPdbsWorld,
  },
  "single-replicas": {
    summary: "workloads of one replica, whose eviction is an outage",
    clusterName: "single-replicas",
    load: () =>
      (require("./worlds/single-replicas") as typeof import("./worlds/single-replicas"))
        .buildSingleReplicasWorld,
  },
  "bare-pods": {
    summary: "pods without an owner, which nobody makes again",
    clusterName: "bare-pods",
    load: () => (require("./worlds/bare-pods") as typeof import("./worlds/bare-pods")).buildBarePodsWorld,
  },
  "stray-annotation": {
    summary: "custom networking, and a node whose annotation names another ENIConfig than its zone's",
    clusterName: "stray-annotation",
    load: () =>
      (require("./worlds/stray-annotation") as typeof import("./worlds/stray-annotation"))
        .buildStrayAnnotationWorld,
  },
  "full-pod-subnet": {
    summary: "custom networking, and a pod subnet without addresses",
    clusterName: "full-pod-subnet",
    load: () =>
      (require("./worlds/full-pod-subnet") as typeof import("./worlds/full-pod-subnet"))
        .buildFullPodSubnetWorld,
  },
  "zone-without-eniconfig": {
    summary: "custom networking, and a zone without an ENIConfig, whose node never becomes Ready",
    clusterName: "zone-without-eniconfig",
    load: () =>
      (require("./worlds/zone-without-eniconfig") as typeof import("./worlds/zone-without-eniconfig"))
        .buildZoneWithoutEniConfigWorld,
  },
  "vpc-10-0": {
    summary: "a VPC in 10.0.0.0/15, which may add less than others",
    clusterName: "vpc-10-0",
    load: () => (require("./worlds/vpc-10-0") as typeof import("./worlds/vpc-10-0")).buildVpc100World,
  },
  "set-env": {
    summary: "a managed add-on whose settings were all made with kubectl set env",
    clusterName: "set-env",
    load: () => (require("./worlds/set-env") as typeof import("./worlds/set-env")).buildSetEnvWorld,
  },
  "self-managed-cni": {
    summary: "an aws-node that is no add-on",
    clusterName: "self-managed-cni",
    load: () =>
      (require("./worlds/self-managed-cni") as typeof import("./worlds/self-managed-cni"))
        .buildSelfManagedCniWorld,
  },
  "nodes-elsewhere": {
    summary: "nodes in other subnets, and in one zone more, than the control plane",
    clusterName: "nodes-elsewhere",
    load: () =>
      (require("./worlds/nodes-elsewhere") as typeof import("./worlds/nodes-elsewhere"))
        .buildNodesElsewhereWorld,
  },
  "two-security-groups": {
    summary: "nodes with a security group besides the cluster's, which a database asks for",
    clusterName: "two-security-groups",
    load: () =>
      (require("./worlds/two-security-groups") as typeof import("./worlds/two-security-groups"))
        .buildTwoSecurityGroupsWorld,
  },
  "foreign-group": {
    summary: "Auto Scaling groups that belong to CloudFormation, Terraform and eksctl",
    clusterName: "foreign-group",
    load: () =>
      (require("./worlds/foreign-group") as typeof import("./worlds/foreign-group")).buildForeignGroupWorld,
  },
  "shared-route-table": {
    summary: "one route table and one NAT gateway for the private subnets of all zones",
    clusterName: "shared-route-table",
    load: () =>
      (require("./worlds/shared-route-table") as typeof import("./worlds/shared-route-table"))
        .buildSharedRouteTableWorld,
  },
  database: {
    summary: "two databases beside the cluster that admit nodes and their addresses only",
    clusterName: "database",
    load: () => (require("./worlds/database") as typeof import("./worlds/database")).buildDatabaseWorld,
  },
  "network-policy": {
    summary: "NetworkPolicies, one of which names the range that pods have today",
    clusterName: "network-policy",
    load: () =>
      (require("./worlds/network-policy") as typeof import("./worlds/network-policy"))
        .buildNetworkPolicyWorld,
  },
  "crash-loop": {
    summary: "containers that end soon after every start, and budgets that count their pods",
    clusterName: "crash-loop",
    load: () => (require("./worlds/crash-loop") as typeof import("./worlds/crash-loop")).buildCrashLoopWorld,
  },
  "stuck-finalizer": {
    summary: "pods that a finalizer keeps for ever once they are deleted",
    clusterName: "stuck-finalizer",
    load: () =>
      (require("./worlds/stuck-finalizer") as typeof import("./worlds/stuck-finalizer"))
        .buildStuckFinalizerWorld,
  },
  "windows-fargate": {
    summary: "nodes of Windows and of Fargate, which custom networking does not reach",
    clusterName: "windows-fargate",
    load: () =>
      (require("./worlds/windows-fargate") as typeof import("./worlds/windows-fargate"))
        .buildWindowsFargateWorld,
  },
  "static-pods": {
    summary: "nodes that run pods by themselves, which no eviction moves",
    clusterName: "static-pods",
    load: () =>
      (require("./worlds/static-pods") as typeof import("./worlds/static-pods")).buildStaticPodsWorld,
  },
  karpenter: {
    summary: "nodes that belong to Karpenter, which counts more places for pods than there will be",
    clusterName: "karpenter",
    load: () => (require("./worlds/karpenter") as typeof import("./worlds/karpenter")).buildKarpenterWorld,
  },
  "full-group": {
    summary: "a managed node group that has as many nodes as it may have",
    clusterName: "full-group",
    load: () => (require("./worlds/full-group") as typeof import("./worlds/full-group")).buildFullGroupWorld,
  },
  "full-node-subnets": {
    summary: "node subnets without a free address: there is no room for one more node",
    clusterName: "full-node-subnets",
    load: () =>
      (require("./worlds/full-node-subnets") as typeof import("./worlds/full-node-subnets"))
        .buildFullNodeSubnetsWorld,
  },
  "pending-peering": {
    summary: "a peering that waits to be accepted, until which the VPC can add no block",
    clusterName: "pending-peering",
    load: () =>
      (require("./worlds/pending-peering") as typeof import("./worlds/pending-peering"))
        .buildPendingPeeringWorld,
  },
  "foreign-settings": {
    summary: "a managed add-on whose configuration belongs to several teams, and a field that is kubectl's",
    clusterName: "foreign-settings",
    load: () =>
      (require("./worlds/foreign-settings") as typeof import("./worlds/foreign-settings"))
        .buildForeignSettingsWorld,
  },
  "private-endpoint": {
    summary: "an API server that answers inside the VPC alone",
    clusterName: "private-endpoint",
    load: () =>
      (require("./worlds/private-endpoint") as typeof import("./worlds/private-endpoint"))
        .buildPrivateEndpointWorld,
  },
  empty: {
    summary: "a control plane and an AWS with nothing in them",
    clusterName: "sandbox",
  },
} as const satisfies Record<string, World>;

/** A name of one of them. */
export type WorldName = keyof typeof worlds;
