import type { InstanceType } from "../instanceType";
import type { NodeOwner } from "./nodeOwner";

/** A network interface of a node, as EC2 describes it. */
export interface Eni {
  readonly eniId: string;
  readonly subnetId: string;
  /** Device 0 of network card 0: the interface that the instance was launched with. */
  readonly isPrimary: boolean;
  readonly networkCardIndex: number;
  /** EC2's InterfaceType: `interface`, `efa`, `efa-only`, `trunk`, ... */
  readonly interfaceType: string;
  /** Whether the tag `node.k8s.amazonaws.com/no_manage` keeps the CNI's hands off it. */
  readonly noManage: boolean;
  readonly securityGroupIds: readonly string[];
  /** Its addresses besides its own primary one. */
  readonly secondaryAddresses: readonly string[];
  /** Its delegated /28 blocks. */
  readonly prefixes: readonly string[];
}

/** A taint of a node. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}

/** What pods may take of a node, or what they ask for. */
export interface Room {
  readonly pods: number;
  /** Thousandths of a CPU. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

/** A node of the cluster, with what EC2 knows about its instance. */
export interface ClusterNode {
  readonly name: string;
  readonly uid: string;
  /** Of its provider id; none for Fargate. */
  readonly instanceId: string | undefined;
  readonly availabilityZone: string;
  readonly instanceTypeName: string;
  /** None where neither the table nor EC2 knows the type. */
  readonly instanceType: InstanceType | undefined;
  /** When the Node object was made, in milliseconds since 1970 by the API server's clock. */
  readonly createdAtMs: number;
  readonly isReady: boolean;
  readonly isUnschedulable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
  readonly allocatable: Room;
  readonly owner: NodeOwner;
  readonly enis: readonly Eni[];
}

/** Whether the scheduler may put pods on a node: it is Ready, and in service. */
export function isUsable({
  isReady,
  isUnschedulable,
}: Pick<ClusterNode, "isReady" | "isUnschedulable">): boolean {
  return isReady && !isUnschedulable;
}

/** Who makes a pod again when it goes. */
export interface PodController {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A pod, as far as rotation looks at it. */
export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** None while it waits for the scheduler. */
  readonly nodeName: string | undefined;
  readonly phase: string;
  readonly address: string | undefined;
  readonly isReady: boolean;
  /** Since when one is not that is not ready, in milliseconds since 1970, by its kubelet's clock. @default unknown */
  readonly unreadySinceMs?: number | undefined;
  /** Whether it has been told to end. */
  readonly isTerminating: boolean;
  /** By when one that has been told to is to have ended, ISO 8601: its grace period is over then. @default unknown */
  readonly endsBy?: string | undefined;
  /** Who else keeps it from going when it has ended. @default nobody */
  readonly finalizers?: readonly string[] | undefined;
  /** Whether the scheduler said that no node takes it. */
  readonly isUnschedulable: boolean;
  readonly hostNetwork: boolean;
  /** The API server's image of a static pod. */
  readonly isMirror: boolean;
  readonly controller: PodController | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Priority class system-cluster-critical or system-node-critical. */
  readonly isCritical: boolean;
  /** Whether it runs to its end and is not started again (its restartPolicy), as pods of Jobs do. */
  readonly endsByItself: boolean;
  /** Labels that its node must have, by its own word. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Whether it has an emptyDir volume, whose content goes with it. */
  readonly hasEmptyDir: boolean;
  /** Whether it has a PersistentVolumeClaim, so that its volume may be in one zone only. */
  readonly hasClaims: boolean;
  readonly requests: Omit<Room, "pods">;
}

/** A label selector of Kubernetes. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** A PodDisruptionBudget with what its controller computed. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  /** None selects nothing; an empty one selects every pod of the namespace (policy/v1). */
  readonly selector: LabelSelector | undefined;
  /** Evictions that the API grants at this moment. */
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  /**
   * Pods whose eviction was granted and that are not gone yet. One whose eviction was broken off in the middle (its
   * client was killed) counts for 2 minutes, in which the budget may allow nothing.
   */
  readonly disruptedPods: readonly string[];
  /** spec.unhealthyPodEvictionPolicy. @default IfHealthyBudget */
  readonly unhealthyPodEvictionPolicy: string;
}

/** A subnet for pods. */
export interface PodSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
}

/** What a node must look like to be new. */
export interface PodNetworkTarget {
  readonly podSubnets: readonly PodSubnet[];
  /** ENABLE_PREFIX_DELEGATION of aws-node. */
  readonly prefixDelegation: boolean;
  /** MAX_ENI of aws-node, where it is set. */
  readonly maxEni: number | undefined;
  /** Where pods are to leave the pod subnets again. @default none: they are to be in them */
  readonly wayBack?: WayBack | undefined;
}

/** What pods leave on the way back to the subnets of nodes. */
export interface WayBack {
  /** Groups that go with the pod network, managed or Auto Scaling ones: no node of theirs stays. */
  readonly leavingGroups: readonly string[];
}

/** A cluster at one moment. */
export interface Observation {
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly ClusterPod[];
  readonly budgets: readonly DisruptionBudget[];
  readonly target: PodNetworkTarget;
}

/** A pod as messages name it: `namespace/name`. */
export function podName({ namespace, name }: Pick<ClusterPod, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** Whether a pod has ended for good; its address is no longer its own. */
export function isFinished({ phase }: Pick<ClusterPod, "phase">): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/** The pods of each node, by its name. */
export function podsByNode(pods: readonly ClusterPod[]): ReadonlyMap<string, readonly ClusterPod[]> {
  const byNode = new Map<string, ClusterPod[]>();
  for (const pod of pods) {
    if (pod.nodeName === undefined) continue;
    const others = byNode.get(pod.nodeName);
    if (others === undefined) byNode.set(pod.nodeName, [pod]);
    else others.push(pod);
  }
  return byNode;
}
