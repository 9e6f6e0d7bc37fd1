import assert from "node:assert/strict";
import { lookUpInTable, type InstanceType } from "../../../planning/instanceType";
import type {
  ClusterNode,
  ClusterPod,
  DisruptionBudget,
  Eni,
  Observation,
  PodNetworkTarget,
} from "../../../planning/rotation/observation";
import type { WorkerPool } from "../../../planning/rotation/surge";

export const target: PodNetworkTarget = {
  podSubnets: [
    { subnetId: "subnet-pods-a", availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/18" },
    { subnetId: "subnet-pods-b", availabilityZone: "us-west-2b", cidrBlock: "100.64.64.0/18" },
  ],
  prefixDelegation: false,
  maxEni: undefined,
};

export const m5Large: InstanceType = lookUpInTable("m5.large") ?? assert.fail("m5.large is in the table");

/** A primary ENI as custom networking leaves it: without addresses for pods. */
export const cleanPrimary: Eni = {
  eniId: "eni-0",
  subnetId: "subnet-nodes-a",
  isPrimary: true,
  networkCardIndex: 0,
  interfaceType: "interface",
  noManage: false,
  securityGroupIds: ["sg-nodes"],
  secondaryAddresses: [],
  prefixes: [],
};

/** A secondary ENI in the pod subnet of us-west-2a. */
export const podEni: Eni = {
  ...cleanPrimary,
  eniId: "eni-1",
  subnetId: "subnet-pods-a",
  isPrimary: false,
  secondaryAddresses: ["100.64.0.9"],
};

/** A node that is new in every respect: an m5.large of us-west-2a with 20 allocatable pods. */
export const newNode: ClusterNode = {
  name: "new-1",
  uid: "uid-new-1",
  instanceId: "i-1",
  availabilityZone: "us-west-2a",
  instanceTypeName: "m5.large",
  instanceType: m5Large,
  createdAtMs: 0,
  isReady: true,
  isUnschedulable: false,
  labels: {},
  annotations: {},
  taints: [],
  allocatable: { pods: 20, cpuMillis: 1930, memoryBytes: 7 * 2 ** 30 },
  owner: { kind: "managedNodeGroup", name: "workers-us-west-2a" },
  enis: [cleanPrimary, podEni],
};

/** A node from before the change. */
export function oldNodeNamed(name: string, availabilityZone = "us-west-2a", group = "general"): ClusterNode {
  return {
    ...newNode,
    name,
    uid: `uid-${name}`,
    instanceId: `i-${name}`,
    availabilityZone,
    allocatable: { ...newNode.allocatable, pods: 29 },
    owner: { kind: "managedNodeGroup", name: group },
    enis: [{ ...cleanPrimary, secondaryAddresses: ["10.8.0.20", "10.8.0.21"] }],
  };
}

/** An ordinary pod of the ReplicaSet `web`, on no node in particular. */
export const webPod: ClusterPod = {
  namespace: "shop",
  name: "web-1",
  uid: "uid-web-1",
  nodeName: "old-1",
  phase: "Running",
  address: "10.8.0.20",
  isReady: true,
  isTerminating: false,
  isUnschedulable: false,
  hostNetwork: false,
  isMirror: false,
  controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "uid-web" },
  labels: { app: "web" },
  isCritical: false,
  endsByItself: false,
  nodeSelector: {},
  hasEmptyDir: false,
  hasClaims: false,
  requests: { cpuMillis: 100, memoryBytes: 64 * 2 ** 20 },
};

/** Pods of `web` on a node, named by their numbers. */
export function webPods(count: number, nodeName: string): ClusterPod[] {
  return Array.from({ length: count }, (_, index) => ({
    ...webPod,
    name: `web-${nodeName}-${index}`,
    uid: `uid-web-${nodeName}-${index}`,
    nodeName,
  }));
}

/** A pod of a DaemonSet, hostNetwork unless it is told otherwise. */
export function daemonPod(name: string, nodeName: string, hostNetwork = true): ClusterPod {
  return {
    ...webPod,
    namespace: "kube-system",
    name: `${name}-${nodeName}`,
    uid: `uid-${name}-${nodeName}`,
    nodeName,
    hostNetwork,
    controller: { apiVersion: "apps/v1", kind: "DaemonSet", name, uid: `uid-${name}` },
    labels: { app: name },
  };
}

/** A budget of `web` that allows one disruption of three pods. */
export const webBudget: DisruptionBudget = {
  namespace: "shop",
  name: "web",
  selector: { matchLabels: { app: "web" } },
  disruptionsAllowed: 1,
  currentHealthy: 3,
  desiredHealthy: 2,
  expectedPods: 3,
  disruptedPods: [],
  unhealthyPodEvictionPolicy: "IfHealthyBudget",
};

/** An empty pool that replaces the group `general` in us-west-2a. */
export const poolA: WorkerPool = {
  nodeGroupName: "workers-us-west-2a",
  workerGroup: "workers",
  kind: "managed",
  availabilityZones: ["us-west-2a"],
  replaces: ["general"],
  desiredSize: 0,
  maxSize: 6,
  labels: {},
  nodes: [],
  shape: newNode.allocatable,
};
export const poolB: WorkerPool = {
  ...poolA,
  nodeGroupName: "workers-us-west-2b",
  availabilityZones: ["us-west-2b"],
};

/** A cluster of these nodes and pods. */
export function clusterWith(
  nodes: readonly ClusterNode[],
  pods: readonly ClusterPod[],
  budgets: readonly DisruptionBudget[] = [],
): Observation {
  return { nodes, pods, budgets, target };
}
