import type { V1Pod } from "@kubernetes/client-node";
import { knownLimits, limitsOf } from "../limitsOfInstanceType";
import { capacityOf, maxPodsOf, minus, requestsOf } from "./capacity";
import { LABELS, TERMINATION_FINALIZER } from "./names";
import { isTrue, type Ec2NodeClass, type NodeClaim, type NodePool } from "./objects";
import { NODE_CLAIMS, type Round } from "./outside";
import { labelsOf, planClaims, type ClaimPlan, type ComingNode } from "./provisioning";

/** How long the scheduler may take to use a node that has just become Ready. */
const SETTLING_MS = 60_000;

/** Makes NodeClaims for pods that the scheduler finds no node for. */
export async function provision(
  claims: readonly NodeClaim[],
  pools: readonly NodePool[],
  nodeClasses: ReadonlyMap<string, Ec2NodeClass>,
  round: Round,
): Promise<void> {
  for (const plan of await plannedFor(claims, pools, nodeClasses, round)) await makeClaim(plan, round);
}

async function plannedFor(
  claims: readonly NodeClaim[],
  pools: readonly NodePool[],
  nodeClasses: ReadonlyMap<string, Ec2NodeClass>,
  round: Round,
): Promise<ClaimPlan[]> {
  const { instances, settings } = round;
  const pods = await unschedulablePods(round);
  if (pods.length === 0) return [];
  const zones = new Map<string, string[]>();
  for (const [name, nodeClass] of nodeClasses) {
    const subnets = await instances.subnetsOf(nodeClass);
    zones.set(name, [...new Set(subnets.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []))]);
  }
  const comingNodes = async (claim: NodeClaim) => await comingNode(claim, nodeClasses, round);
  const staying = claims.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return planClaims({
    ...{ pods, pools, nodeClasses, zones },
    coming: (await Promise.all(staying.map(comingNodes))).flat(),
    nodesIn: (pool, zone) =>
      staying.filter(
        ({ metadata: { labels = {} }, spec }) =>
          labels[LABELS.nodePool] === pool &&
          spec.requirements.some(({ key, values }) => key === LABELS.zone && values?.includes(zone)),
      ).length,
    limits: knownLimits,
    reservedEnis: settings.reservedEnis,
  });
}

/** Pods that the scheduler has tried, and found no node for. */
async function unschedulablePods({ api }: Round): Promise<V1Pod[]> {
  const query = new URLSearchParams({ fieldSelector: "spec.nodeName=,status.phase=Pending" });
  const { items } = await api.call<{ items: V1Pod[] }>("GET", `/api/v1/pods?${query.toString()}`);
  return items.filter(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      !isDaemon(pod) &&
      pod.status?.conditions?.some(
        ({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable",
      ),
  );
}

/** With what is left of it, while pods that wait may still be for it. */
async function comingNode(
  claim: NodeClaim,
  nodeClasses: ReadonlyMap<string, Ec2NodeClass>,
  round: Round,
): Promise<ComingNode[]> {
  const { reservedEnis } = round.settings;
  const initialized = claim.status?.conditions?.find(({ type }) => type === "Initialized");
  const isSettled =
    isTrue(claim, "Initialized") &&
    Date.parse(initialized?.lastTransitionTime ?? "") + SETTLING_MS < round.now();
  const nodeClass = nodeClasses.get(claim.spec.nodeClassRef.name);
  const valueOf = (key: string) => claim.spec.requirements.find((one) => one.key === key)?.values?.[0];
  const instanceType = valueOf(LABELS.instanceType);
  if (isSettled || nodeClass === undefined || instanceType === undefined) return [];
  const pool = claim.metadata.labels?.[LABELS.nodePool] ?? "";
  const limits = limitsOf(instanceType);
  const maxPods = maxPodsOf(limits, { maxPods: nodeClass.spec.kubelet?.maxPods, reservedEnis });
  const labels = {
    ...claim.metadata.labels,
    ...labelsOf(pool, nodeClass.metadata.name ?? "", limits, valueOf(LABELS.zone) ?? ""),
  };
  const bound = await podsOn(claim.status?.nodeName, round);
  const capacity = bound.reduce(
    (left, pod) => minus(left, requestsOf(pod)) ?? { millicpu: 0, memoryMib: 0, pods: 0 },
    capacityOf(limits, maxPods),
  );
  return [{ pool, labels, capacity }];
}

/** The pods of a node that are no daemons. */
async function podsOn(nodeName: string | undefined, { api }: Round): Promise<V1Pod[]> {
  if (nodeName === undefined) return [];
  const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${nodeName}` });
  const { items } = await api.call<{ items: V1Pod[] }>("GET", `/api/v1/pods?${query.toString()}`);
  return items.filter((pod) => !isDaemon(pod));
}

function isDaemon({ metadata }: V1Pod): boolean {
  return metadata?.ownerReferences?.some(({ kind }) => kind === "DaemonSet") === true;
}

async function makeClaim({ pool, instanceType, zone }: ClaimPlan, { api, log }: Round): Promise<void> {
  const { metadata, spec } = pool.spec.template;
  const { name: poolName = "", uid = "" } = pool.metadata;
  const claim = await api.call<NodeClaim>("POST", NODE_CLAIMS, {
    apiVersion: "karpenter.sh/v1",
    kind: "NodeClaim",
    metadata: {
      generateName: `${poolName}-`,
      labels: {
        ...metadata?.labels,
        [LABELS.nodePool]: poolName,
        [LABELS.nodeClass]: spec.nodeClassRef.name,
      },
      annotations: metadata?.annotations ?? {},
      finalizers: [TERMINATION_FINALIZER],
      ownerReferences: [
        { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: poolName, uid, blockOwnerDeletion: true },
      ],
    },
    spec: {
      ...spec,
      requirements: [
        ...spec.requirements.filter(({ key }) => key !== LABELS.instanceType && key !== LABELS.zone),
        { key: LABELS.instanceType, operator: "In", values: [instanceType] },
        { key: LABELS.zone, operator: "In", values: [zone] },
        { key: LABELS.nodePool, operator: "In", values: [poolName] },
      ],
    },
  });
  log(`NodeClaim ${claim.metadata.name ?? ""}: made for pods that wait, ${instanceType} in ${zone}`);
}
