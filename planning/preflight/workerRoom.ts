import { lookUpInTable, type InstanceType } from "../instanceType";
import { isOurs } from "../podNetwork/clusterFacts";
import type { ClusterNode, PodNetworkTarget } from "../rotation/observation";
import { podsByNode } from "../rotation/observation";
import type { OldNode } from "../rotation/oldNodes";
import { poolNeeds, poolOf, type PoolNeed, type WorkerPool } from "../rotation/surge";
import { workerShape } from "../rotation/workerShape";
import { check, type Found } from "./check";
import { counted, listed } from "../amounts";
import type { NewWorkers } from "./newWorkers";
import { renewalOf, RENEWAL_PARTS, type Renewal } from "./renewal";

/** New groups that are too small for the pods that come to them: by max pods, CPU and memory of their types. */
export const roomOnNewWorkers = check(
  {
    id: "WORKERS-ROOM",
    level: "stop",
    about: "the new groups may have as many nodes as today's pods take",
    looksAt: [...RENEWAL_PARTS, "cni"],
  },
  (seen) => {
    const { cluster, cni } = seen;
    const { prefixDelegation, maxEni } = cni;
    const renewal = renewalOf(seen);
    const target = { podSubnets: [], prefixDelegation, maxEni };
    const pools = renewal.workers.flatMap((group) => poolFor(group, renewal, cluster.nodes, target));
    const byNode = podsByNode(cluster.pods);
    const old: OldNode[] = renewal.leaving.map((node) => ({
      node,
      reasons: [],
      pods: byNode.get(node.name) ?? [],
    }));
    const needs = poolNeeds({ ...cluster, target }, pools, old, old);
    return pools.flatMap((pool, index) => roomFindings(pool, needs[index], old, pools));
  },
);

/** Managed nodes that no worker group takes the place of: a rotation does not begin while there are any. */
export const groupsNotReplaced = check(
  {
    id: "GROUP-NOT-REPLACED",
    level: "warn",
    about: "a worker group takes the place of every managed node group",
    looksAt: RENEWAL_PARTS,
  },
  (seen) => {
    const { workers } = renewalOf(seen);
    const ours = new Set(
      seen.nodeGroups
        .filter((group) => isOurs(group, seen.controlPlane.clusterName))
        .map(({ nodeGroupName }) => nodeGroupName),
    );
    const left = new Map<string, ClusterNode[]>();
    for (const node of seen.cluster.nodes) {
      const { owner, availabilityZone } = node;
      if (owner.kind !== "managedNodeGroup" || ours.has(owner.name)) continue;
      const isReplaced = workers.some(
        (group) => group.replaces.includes(owner.name) && group.availabilityZone === availabilityZone,
      );
      if (!isReplaced) left.set(owner.name, [...(left.get(owner.name) ?? []), node]);
    }
    return [...left].map(([name, nodes]) => ({
      title: `no worker group takes the place of ${counted(nodes.length, "node")} of managed node group ${name}`,
      evidence: [
        listed(nodes.map(({ name: node, availabilityZone }) => `${node} (${availabilityZone})`)),
        "podnet rotate does not begin while nodes with addresses of today's range have no successor.",
      ],
      wayOut: `Name ${name} in replaces of a worker group that has these zones, in the stack's configuration.`,
    }));
  },
);

/** Nothing where no type is known, so that nothing can be said. */
function poolFor(
  group: NewWorkers,
  { leaving }: Renewal,
  nodes: readonly ClusterNode[],
  target: PodNetworkTarget,
): WorkerPool[] {
  const replaced = leaving.filter(({ owner }) => "name" in owner && group.replaces.includes(owner.name));
  const names =
    group.instanceTypes.length > 0
      ? group.instanceTypes
      : replaced.map(({ instanceTypeName }) => instanceTypeName);
  const types = [...new Set(names)].flatMap((name) => typeNamed(name, nodes));
  if (types.length === 0) return [];
  const own = nodes.filter(
    ({ owner }) => owner.kind === "managedNodeGroup" && owner.name === group.nodeGroupName,
  );
  const shape = workerShape(own, types, nodes, target);
  // A type without an ENI for pods is told as such.
  return shape.pods === 0
    ? []
    : [{ ...group, kind: "managed", availabilityZones: [group.availabilityZone], nodes: own, shape }];
}

/** Types that are newer than the table are known by the nodes that have them. */
function typeNamed(name: string, nodes: readonly ClusterNode[]): InstanceType[] {
  const known =
    lookUpInTable(name) ?? nodes.find(({ instanceTypeName }) => instanceTypeName === name)?.instanceType;
  return known === undefined ? [] : [known];
}

function roomFindings(
  pool: WorkerPool,
  need: PoolNeed | undefined,
  old: readonly OldNode[],
  pools: readonly WorkerPool[],
): Found[] {
  if (need === undefined) return [];
  const { oversized, beyondMaximum } = need;
  const { nodeGroupName, maxSize, shape } = pool;
  const nodes = old.filter(({ node }) => poolOf(node, pools) === pool);
  const wanted = maxSize + beyondMaximum;
  return [
    ...(oversized.length === 0
      ? []
      : [
          {
            title: `${listed(oversized)} would fit on no worker of ${nodeGroupName}, not even an empty one`,
            evidence: [
              `A worker has room for ${shape.pods} pods and ${shape.cpuMillis} m CPU${inGiB(shape.memoryBytes)}, its DaemonSets included.`,
            ],
            wayOut: "Give the worker group a larger instance type.",
          },
        ]),
    ...(beyondMaximum === 0
      ? []
      : [
          {
            title: `${nodeGroupName} would need ${wanted} workers for the pods that come to it; its maximum is ${maxSize}`,
            evidence: [
              `They come from ${counted(nodes.length, "node")}; a worker has room for ${shape.pods} pods and ${shape.cpuMillis} m CPU${inGiB(shape.memoryBytes)}.`,
            ],
            wayOut: `Give worker group ${pool.workerGroup} a maxSize of ${wanted} or more; it counts for each zone.`,
          },
        ]),
  ];
}

function inGiB(bytes: number): string {
  return Number.isFinite(bytes) ? `, ${(bytes / 2 ** 30).toFixed(1)} GiB` : "";
}
