import type { V1NodeSelectorRequirement, V1Pod } from "@kubernetes/client-node";
import { meets } from "../../labelSelector";
import type { InstanceLimits } from "../limitsOfInstanceType";
import { capacityOf, maxPodsOf, minus, requestsOf, type Capacity } from "./capacity";
import { LABELS } from "./names";
import type { Ec2NodeClass, NodePool } from "./objects";
import { allowedValues, requirementsOf, tolerates } from "./requirements";

/** A NodeClaim that is to be made. */
export interface ClaimPlan {
  readonly pool: NodePool;
  readonly instanceType: string;
  readonly zone: string;
}

/** A node that is on its way, or has just come: pods that wait may be for it. */
export interface ComingNode {
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Capacity;
}

/** What is known when nodes are planned. */
export interface Situation {
  /** Pods that the scheduler finds no node for. */
  readonly pods: readonly V1Pod[];
  readonly pools: readonly NodePool[];
  readonly nodeClasses: ReadonlyMap<string, Ec2NodeClass>;
  /** Zones that the subnets of an EC2NodeClass are in, by its name. */
  readonly zones: ReadonlyMap<string, readonly string[]>;
  readonly coming: readonly ComingNode[];
  /** How many nodes of a pool there are in a zone. */
  readonly nodesIn: (pool: string, zone: string) => number;
  /** Instance types that there are. */
  readonly limits: readonly InstanceLimits[];
  readonly reservedEnis: number;
}

interface Bin {
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
  left: Capacity;
}

/**
 * Plans nodes for pods that wait: none for pods that a node on its way has room for, and for the others as few of the
 * smallest fitting instance type as hold them, each in the zone that has the fewest nodes of the pool.
 *
 * Of requirements of NodePools and pods, those about instance type, zone, architecture, capacity type and the template's
 * own labels decide. A pool that no pod fits plans nothing.
 */
export function planClaims(situation: Situation): ClaimPlan[] {
  const { pools, coming, pods } = situation;
  const bins: Bin[] = coming.map(({ pool, labels, capacity }) => ({ pool, labels, left: capacity }));
  const plans: ClaimPlan[] = [];
  const byWeight = [...pools].sort((a, b) => (b.spec.weight ?? 0) - (a.spec.weight ?? 0));
  for (const pod of pods) {
    const fitting = byWeight.filter((pool) => tolerates(pod, pool.spec.template.spec.taints ?? []));
    if (bins.some((bin) => fitting.some(({ metadata }) => metadata.name === bin.pool) && put(pod, bin)))
      continue;
    for (const pool of fitting) {
      const plan = planFor(pod, pool, situation, plans);
      if (plan === undefined) continue;
      plans.push(plan.claim);
      bins.push(plan.bin);
      break;
    }
  }
  return plans;
}

function put(pod: V1Pod, bin: Bin): boolean {
  if (!requirementsOf(pod).every((requirement) => meets(bin.labels[requirement.key], requirement)))
    return false;
  const left = minus(bin.left, requestsOf(pod));
  if (left === undefined) return false;
  bin.left = left;
  return true;
}

function planFor(
  pod: V1Pod,
  pool: NodePool,
  situation: Situation,
  planned: readonly ClaimPlan[],
): { readonly claim: ClaimPlan; readonly bin: Bin } | undefined {
  const { limits, zones, nodeClasses, reservedEnis, nodesIn } = situation;
  const { spec, metadata } = pool.spec.template;
  const name = pool.metadata.name ?? "";
  const nodeClass = nodeClasses.get(spec.nodeClassRef.name);
  if (nodeClass === undefined) return undefined;
  const requirements = [...spec.requirements, ...requirementsOf(pod)];
  const inZone = (zone: string) =>
    nodesIn(name, zone) + planned.filter((one) => one.pool === pool && one.zone === zone).length;
  const [zone] = allowedValues(LABELS.zone, zones.get(spec.nodeClassRef.name) ?? [], requirements).sort(
    (a, b) => inZone(a) - inZone(b) || a.localeCompare(b),
  );
  if (zone === undefined) return undefined;
  const bySize = typesOf(limits, requirements).sort(
    (a, b) => a.vcpus - b.vcpus || a.memoryMib - b.memoryMib || a.instanceType.localeCompare(b.instanceType),
  );
  for (const type of bySize) {
    const maxPods = maxPodsOf(type, { maxPods: nodeClass.spec.kubelet?.maxPods, reservedEnis });
    const labels = { ...metadata?.labels, ...labelsOf(name, spec.nodeClassRef.name, type, zone) };
    const bin: Bin = { pool: name, labels, left: capacityOf(type, maxPods) };
    if (put(pod, bin)) return { claim: { pool, instanceType: type.instanceType, zone }, bin };
  }
  return undefined;
}

function typesOf(
  limits: readonly InstanceLimits[],
  requirements: readonly V1NodeSelectorRequirement[],
): InstanceLimits[] {
  const types = limits.map(({ instanceType }) => instanceType);
  const allowed = new Set(allowedValues(LABELS.instanceType, types, requirements));
  return limits.filter(
    ({ instanceType, architecture }) =>
      allowed.has(instanceType) &&
      allowedValues(LABELS.architecture, [architecture], requirements).length > 0,
  );
}

/** Labels that say what a node is; those of NodeClaims, and of their Nodes. */
export function labelsOf(
  pool: string,
  nodeClass: string,
  { instanceType, architecture }: Pick<InstanceLimits, "instanceType" | "architecture">,
  zone: string,
): Record<string, string> {
  return {
    [LABELS.nodePool]: pool,
    [LABELS.nodeClass]: nodeClass,
    [LABELS.capacityType]: "on-demand",
    [LABELS.instanceType]: instanceType,
    [LABELS.architecture]: architecture,
    [LABELS.operatingSystem]: "linux",
    [LABELS.zone]: zone,
  };
}
