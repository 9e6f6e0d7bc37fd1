import { cidrBlock } from "../cidrBlock";
import { likelyNames, nearestNames } from "../nearestNames";
import type { SubnetRoom } from "./addressRoom";
import { budgetsOf, unmovablePods } from "./budgets";
import { eniConfigChoice, type EniConfigChoice, type EniConfigKeys } from "./eniConfigChoice";
import { whyHomeless, type HomelessPods } from "./homelessPods";
import { describeOwner } from "./nodeOwner";
import { isFinished, podName, type ClusterNode, type ClusterPod, type Observation } from "./observation";
import { holds, oldReasons, type OldReason } from "./oldNode";
import { podVerdict, type PodVerdict, type VerdictOptions } from "./podVerdict";
import { poolOf, type WorkerPool } from "./surge";

/** What is known of a cluster when something of it is explained. */
export interface Explained {
  readonly observation: Observation;
  readonly pools: readonly WorkerPool[];
  readonly keys: EniConfigKeys;
  /** Each with its subnet, where EC2 knows it. */
  readonly eniConfigs: readonly { readonly name: string; readonly subnet: SubnetRoom | undefined }[];
  readonly homeless: HomelessPods;
  /** The drains that have begun, by the names of their nodes. */
  readonly drains: ReadonlyMap<string, BegunDrain>;
}

/** A drain that has begun, as its node tells it. */
export interface BegunDrain {
  readonly runId: string;
  /** ISO 8601. */
  readonly drainBegan: string;
  /** Whether the node was out of service before that run. */
  readonly wasCordoned: boolean;
}

/** A budget of a pod, with its numbers. */
export interface BudgetState {
  /** As `namespace/name`. */
  readonly budget: string;
  /** Evictions that it allows now. */
  readonly allowed: number;
  readonly healthy: number;
  /** How many must stay healthy. */
  readonly needed: number;
  /** Pods that it counts. */
  readonly pods: number;
}

/** What becomes of a pod in a rotation, and why. */
export interface PodExplanation extends PodVerdict {
  readonly kind: "pod";
  /** Whether it is told for the way back, since a rollback is unfinished. */
  readonly isWayBack: boolean;
  /** As `namespace/name`. */
  readonly pod: string;
  readonly node: string | undefined;
  readonly isOnOldNode: boolean;
  readonly address: string | undefined;
  /** Where its address is from: a pod subnet, elsewhere, its node (hostNetwork); none where it has none. */
  readonly range: "podSubnet" | "outside" | "node" | undefined;
  /** The pod subnet, where it is in one. */
  readonly subnetId: string | undefined;
  /** Who makes it again, as `Kind namespace/name`. */
  readonly maker: string | undefined;
  readonly budgets: readonly BudgetState[];
  /** Why no waiting moves it; none where it can move. */
  readonly stuck: readonly string[];
}

/** What a rotation does with a node, and why. */
export interface NodeExplanation {
  readonly kind: "node";
  /**
   * Whether it is told for the way back, since a rollback is unfinished: old is what has anything of the pod subnets, and
   * no node takes an ENIConfig.
   */
  readonly isWayBack: boolean;
  readonly node: string;
  readonly instanceId: string | undefined;
  readonly instanceType: string;
  readonly availabilityZone: string;
  /** In words. */
  readonly owner: string;
  readonly state: "old" | "new" | "fargate";
  /** Whether the scheduler is kept from it, whoever did that. */
  readonly isCordoned: boolean;
  /** None where no run has begun to drain it. */
  readonly drain: BegunDrain | undefined;
  /** Empty where it is not old. */
  readonly reasons: readonly OldReason[];
  /** The group whose workers take its pods; none where there is none, or it is not old. */
  readonly replacedBy: string | undefined;
  readonly eniConfig: EniConfigChoice & {
    /** None where there is no such ENIConfig, or EC2 does not know its subnet. */
    readonly subnet: SubnetRoom | undefined;
    readonly exists: boolean;
  };
  readonly pods: readonly PodExplanation[];
}

/** A name that nothing has, or several have. */
export interface UnknownName {
  readonly kind: "unknown";
  readonly name: string;
  /** Names that may be meant; none where none is near. Where several have the name, the whole names of all of them. */
  readonly near: readonly string[];
  /** What it is that several of have the name. @default nothing has it */
  readonly several?: "nodes" | "pods";
}

/** What is explained. */
export type Explanation = NodeExplanation | PodExplanation | UnknownName;

/**
 * Explains a node or a pod by its name: what a rotation would do with it, and why.
 *
 * @param name of a node, or its instance id, or what stands before the first dot of its name where one node has that; of a
 *   pod as `namespace/name`, or its name alone where one pod has it. As kubectl, `node/NAME` is taken for a node's as well.
 */
export function explain(name: string, seen: Explained, options: VerdictOptions = {}): Explanation {
  const { nodes, pods } = seen.observation;
  const bare = name.replace(/^nodes?\//, "");
  const node = nodes.find((one) => one.name === bare || one.instanceId === bare);
  if (node !== undefined) return nodeExplanation(node, seen, options);
  const named = pods.filter((pod) => podName(pod) === name || pod.name === name);
  const [pod] = named;
  if (pod !== undefined && named.length === 1) return podExplanation(pod, seen, options);
  if (named.length > 1) return nameOfSeveral("pods", name, named.map(podName));
  const alike = nodes.filter((one) => shortName(one) === bare);
  const [short] = alike;
  if (short !== undefined && alike.length === 1) return nodeExplanation(short, seen, options);
  if (alike.length > 1) {
    return nameOfSeveral(
      "nodes",
      name,
      alike.map((one) => one.name),
    );
  }
  return { kind: "unknown", name, near: namesNear(bare, nodes, pods) };
}

function nameOfSeveral(several: "nodes" | "pods", name: string, whole: readonly string[]): UnknownName {
  return { kind: "unknown", name, near: nearestNames(name, whole, whole.length), several };
}

/** A node's name before its first dot, as a report shows it: that of its host. */
function shortName({ name }: ClusterNode): string {
  return name.split(".")[0] ?? name;
}

/** How many names are suggested for one that nothing has. */
const NEAR = 3;

/** Names like a mistyped one: of nodes for a node's or an instance id, of pods for one with a namespace. */
function namesNear(name: string, nodes: readonly ClusterNode[], pods: readonly ClusterPod[]): string[] {
  if (name.startsWith("i-"))
    return likelyNames(
      name,
      nodes.flatMap(({ instanceId }) => instanceId ?? []),
      NEAR,
    );
  if (name.includes("/")) return likelyNames(name, pods.map(podName), NEAR);
  // The name of a host alone is held against those: the domain would make all of them far.
  const byNode = new Map(nodes.map((node) => [name.includes(".") ? node.name : shortName(node), node.name]));
  const ofNodes = [...byNode.keys()];
  const wholeOf = (near: string) => byNode.get(near) ?? near;
  if (/^ip-|\./.test(name)) return likelyNames(name, ofNodes, NEAR).map(wholeOf);
  // A pod's name alone is held against names alone: a namespace would make all of them far.
  const byName = new Map(pods.map((pod) => [pod.name, podName(pod)]));
  return likelyNames(name, [...ofNodes, ...byName.keys()], NEAR).map(
    (near) => byName.get(near) ?? wholeOf(near),
  );
}

function nodeExplanation(node: ClusterNode, seen: Explained, options: VerdictOptions): NodeExplanation {
  const { observation, pools, keys, eniConfigs, drains } = seen;
  const here = observation.pods.filter(({ nodeName }) => nodeName === node.name);
  const reasons = oldReasons(node, here, observation.target);
  const choice = eniConfigChoice(node, keys);
  const eniConfig = eniConfigs.find(({ name }) => name === choice.name);
  const state = node.owner.kind === "fargate" ? "fargate" : reasons.length > 0 ? "old" : "new";
  return {
    kind: "node",
    isWayBack: observation.target.wayBack !== undefined,
    node: node.name,
    instanceId: node.instanceId,
    instanceType: node.instanceTypeName,
    availabilityZone: node.availabilityZone,
    owner: describeOwner(node.owner),
    state,
    isCordoned: node.isUnschedulable,
    drain: drains.get(node.name),
    reasons,
    replacedBy: state === "old" ? poolOf(node, pools)?.nodeGroupName : undefined,
    eniConfig: { ...choice, subnet: eniConfig?.subnet, exists: eniConfig !== undefined },
    pods: here.map((pod) => podExplanation(pod, seen, options)),
  };
}

function podExplanation(pod: ClusterPod, seen: Explained, options: VerdictOptions): PodExplanation {
  const { observation, homeless } = seen;
  const { nodes, pods, budgets, target } = observation;
  const node = nodes.find(({ name }) => name === pod.nodeName);
  const isOnOldNode =
    node !== undefined &&
    oldReasons(
      node,
      pods.filter(({ nodeName }) => nodeName === node.name),
      target,
    ).length > 0;
  const verdict = podVerdict(pod, options);
  const subnetId = podSubnetOf(pod, target.podSubnets);
  const { controller, address } = pod;
  const nowhere = isOnOldNode && verdict.action === "evict" ? whyHomeless(pod, homeless) : undefined;
  return {
    kind: "pod",
    ...verdict,
    isWayBack: target.wayBack !== undefined,
    pod: podName(pod),
    node: pod.nodeName,
    isOnOldNode,
    address,
    range: rangeOf(pod, subnetId),
    subnetId,
    maker: controller && `${controller.kind} ${pod.namespace}/${controller.name}`,
    budgets: budgetsOf(pod, budgets).map((budget) => ({
      budget: podName(budget),
      allowed: budget.disruptionsAllowed,
      healthy: budget.currentHealthy,
      needed: budget.desiredHealthy,
      pods: budget.expectedPods,
    })),
    stuck:
      verdict.action === "evict"
        ? [
            ...unmovablePods([pod], budgets).map(({ because }) => because),
            ...(nowhere === undefined ? [] : [nowhere]),
          ]
        : [],
  };
}

function podSubnetOf(
  { address, hostNetwork }: ClusterPod,
  subnets: Observation["target"]["podSubnets"],
): string | undefined {
  if (address === undefined || hostNetwork) return undefined;
  return subnets.find(({ cidrBlock: cidr }) => holds(cidrBlock(cidr), address))?.subnetId;
}

function rangeOf(pod: ClusterPod, subnetId: string | undefined): PodExplanation["range"] {
  if (pod.address === undefined || isFinished(pod)) return undefined;
  if (pod.hostNetwork) return "node";
  return subnetId === undefined ? "outside" : "podSubnet";
}
