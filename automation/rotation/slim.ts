import { lookUpInTable, type InstanceTypeLookup } from "../../planning/instanceType";
import { nodeOwner } from "../../planning/rotation/nodeOwner";
import type {
  ClusterNode,
  ClusterPod,
  DisruptionBudget,
  LabelSelector,
  NodeTaint,
  PodController,
} from "../../planning/rotation/observation";
import { quantity } from "../../planning/rotation/quantity";
import type { ApiObject } from "../kubernetes";

/** A Node as the API server writes it, as far as it is read here. */
export interface ApiNode extends ApiObject {
  readonly spec?: {
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly NodeTaint[];
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  /** ISO 8601: since when it has its status. */
  readonly lastTransitionTime?: string;
}

interface Container {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

/** A Pod as the API server writes it, as far as it is read here. */
export interface ApiPod extends ApiObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly priorityClassName?: string;
    readonly restartPolicy?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly overhead?: Readonly<Record<string, string>>;
    readonly volumes?: readonly {
      readonly emptyDir?: object;
      readonly persistentVolumeClaim?: object;
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** A PodDisruptionBudget as the API server writes it, as far as it is read here. */
export interface ApiBudget extends ApiObject {
  readonly spec?: { readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
    readonly expectedPods?: number;
    readonly disruptedPods?: Readonly<Record<string, string>>;
  };
}

/** A node, before EC2 was asked for its interfaces. */
export type NodeWithoutEnis = Omit<ClusterNode, "enis">;

/** Keeps of a Node what rotation looks at. */
export function slimNode(node: ApiNode, lookUp: InstanceTypeLookup = lookUpInTable): NodeWithoutEnis {
  const { metadata, spec = {}, status = {} } = node;
  const labels = metadata.labels ?? {};
  const instanceTypeName = labels["node.kubernetes.io/instance-type"] ?? "";
  const { availabilityZone, instanceId } = providerOf(node);
  return {
    name: metadata.name,
    uid: metadata.uid ?? "",
    instanceId,
    availabilityZone: labels["topology.kubernetes.io/zone"] ?? availabilityZone ?? "",
    instanceTypeName,
    instanceType: lookUp(instanceTypeName),
    createdAtMs: Date.parse(metadata.creationTimestamp ?? ""),
    isReady: isTrue(status.conditions, "Ready"),
    isUnschedulable: spec.unschedulable === true,
    labels,
    annotations: metadata.annotations ?? {},
    taints: spec.taints ?? [],
    allocatable: {
      pods: quantity(status.allocatable?.pods ?? "0"),
      ...roomOf(status.allocatable),
    },
    owner: nodeOwner({ labels, nodeClaim: nodeClaimOf(metadata) }),
  };
}

/** The instance that a Node stands for; none for Fargate. */
export function instanceIdOf(node: Pick<ApiNode, "spec">): string | undefined {
  return providerOf(node).instanceId;
}

function providerOf({ spec }: Pick<ApiNode, "spec">): {
  readonly availabilityZone: string | undefined;
  readonly instanceId: string | undefined;
} {
  const [, availabilityZone, instanceId] =
    /^aws:\/\/\/([^/]+)\/(i-[0-9a-f]+)$/.exec(spec?.providerID ?? "") ?? [];
  return { availabilityZone, instanceId };
}

/** Keeps of a Pod what rotation looks at. */
export function slimPod({ metadata, spec = {}, status = {} }: ApiPod): ClusterPod {
  const conditions = status.conditions ?? [];
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    uid: metadata.uid ?? "",
    nodeName: spec.nodeName,
    phase: status.phase ?? "Pending",
    address: status.podIP,
    isReady: isTrue(conditions, "Ready"),
    ...unreadySince(conditions),
    isTerminating: metadata.deletionTimestamp !== undefined,
    endsBy: metadata.deletionTimestamp,
    ...(metadata.finalizers !== undefined && { finalizers: metadata.finalizers }),
    isUnschedulable: conditions.some(
      ({ type, status: is, reason }) =>
        type === "PodScheduled" && is === "False" && reason === "Unschedulable",
    ),
    hostNetwork: spec.hostNetwork === true,
    isMirror: metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined,
    controller: controllerOf(metadata),
    labels: metadata.labels ?? {},
    isCritical: /^system-(cluster|node)-critical$/.test(spec.priorityClassName ?? ""),
    endsByItself: spec.restartPolicy === "Never" || spec.restartPolicy === "OnFailure",
    nodeSelector: spec.nodeSelector ?? {},
    hasEmptyDir: (spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined),
    hasClaims: (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
    requests: requestsOf(spec),
  };
}

/** Keeps of a PodDisruptionBudget what rotation looks at. */
export function slimBudget({ metadata, spec = {}, status = {} }: ApiBudget): DisruptionBudget {
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    selector: spec.selector,
    disruptionsAllowed: status.disruptionsAllowed ?? 0,
    currentHealthy: status.currentHealthy ?? 0,
    desiredHealthy: status.desiredHealthy ?? 0,
    expectedPods: status.expectedPods ?? 0,
    disruptedPods: Object.keys(status.disruptedPods ?? {}),
    unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? "IfHealthyBudget",
  };
}

function nodeClaimOf({ ownerReferences = [] }: ApiObject["metadata"]): string | undefined {
  return ownerReferences.find(({ kind }) => kind === "NodeClaim")?.name;
}

function controllerOf({ ownerReferences = [] }: ApiObject["metadata"]): PodController | undefined {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}

function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return (conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
}

/** Since when a pod is not ready; nothing of one that is, or whose kubelet has not said it yet. */
function unreadySince(conditions: readonly Condition[]): Pick<ClusterPod, "unreadySinceMs"> {
  const ready = conditions.find(({ type }) => type === "Ready");
  const sinceMs = Date.parse(ready?.lastTransitionTime ?? "");
  return ready?.status === "True" || Number.isNaN(sinceMs) ? {} : { unreadySinceMs: sinceMs };
}

/**
 * What the scheduler reckons a pod takes: the sum of its containers and sidecars, or its largest init container where
 * that is more, and the overhead of its runtime class.
 */
function requestsOf(spec: NonNullable<ApiPod["spec"]>): ClusterPod["requests"] {
  const rooms = (containers: readonly Container[] = []) =>
    containers.map(({ resources }) => roomOf(resources?.requests));
  const isSidecar = ({ restartPolicy }: Container) => restartPolicy === "Always";
  const init = spec.initContainers ?? [];
  const running = [...rooms(spec.containers), ...rooms(init.filter(isSidecar))];
  const starting = rooms(init.filter((container) => !isSidecar(container)));
  const overhead = roomOf(spec.overhead);
  const of = (part: "cpuMillis" | "memoryBytes") =>
    Math.max(
      running.reduce((total, room) => total + room[part], 0),
      ...starting.map((room) => room[part]),
    ) + overhead[part];
  return { cpuMillis: of("cpuMillis"), memoryBytes: of("memoryBytes") };
}

function roomOf(quantities: Readonly<Record<string, string>> = {}): ClusterPod["requests"] {
  return {
    cpuMillis: Math.round(quantity(quantities.cpu ?? "0") * 1000),
    memoryBytes: quantity(quantities.memory ?? "0"),
  };
}
