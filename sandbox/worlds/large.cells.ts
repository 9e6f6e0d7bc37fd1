/** A team's part of a large cluster: a node group, and the workloads that run on it alone. */
export interface Cell {
  /** Of the node group and of the namespace. */
  readonly name: string;
  readonly nodes: number;
  /** How many pods each of its Deployments has. */
  readonly replicas: readonly number[];
}

const NODES_AT_MOST = 50;
const PODS_A_NODE = 20;
const REPLICAS = 50;

/** Divides nodes into groups that are about equal, two at least, and their pods into Deployments of 50 and a rest. */
export function cellsOf(nodes: number): Cell[] {
  const count = Math.max(2, Math.ceil(nodes / NODES_AT_MOST));
  return Array.from({ length: count }, (_, index) => {
    const here = Math.floor(nodes / count) + (index < nodes % count ? 1 : 0);
    return { name: `team-${String(index + 1).padStart(2, "0")}`, nodes: here, replicas: replicasOf(here) };
  });
}

function replicasOf(nodes: number): number[] {
  const pods = nodes * PODS_A_NODE;
  const whole = Array.from({ length: Math.floor(pods / REPLICAS) }, () => REPLICAS);
  return pods % REPLICAS === 0 ? whole : [...whole, pods % REPLICAS];
}
