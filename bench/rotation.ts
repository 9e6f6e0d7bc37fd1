import { execFile } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { requestsSoFar, withCluster, type BenchCluster } from "./cluster";
import { line } from "./measure";
import { playedApiServer } from "./playedApiServer";

const run = promisify(execFile);

/** Nodes that are drained at once, by whichever means. */
const AT_ONCE = 10;

/** How a drain went, besides what the API server counts. */
interface Drained {
  /** What it took of this computer, where that is known. */
  readonly took?: string;
}

/**
 * Draining nodes beside `kubectl drain` over as many at once, on a control plane without client limits of its own: 100
 * nodes of 20 pods, in workloads of 50. Ours also waits until the pods that moved are ready elsewhere; kubectl does not.
 *
 * What is done by either is that the nodes get rid of the pods which they have at the beginning, so these are what is
 * counted in a second. Evictions are more where pods move to nodes that are drained later.
 */
export async function rotation(): Promise<void> {
  for (const { name, maxUnavailable, nodes } of [
    { name: "budgets of 20 %", maxUnavailable: "20%", nodes: 50 },
    { name: "budgets of one pod", maxUnavailable: 1, nodes: 30 },
  ]) {
    await measure(`${name}, kubectl drain`, { of: 100, nodes, maxUnavailable }, withKubectl);
    await measure(`${name}, podnet`, { of: 100, nodes, maxUnavailable }, withPodnet);
  }
}

/**
 * What watching 1,000 nodes and 20,000 pods takes of memory, while every pod changes once. The API server is a played
 * one: what is behind it makes no difference to who watches it.
 */
export async function rotationMemory(): Promise<void> {
  const server = await playedApiServer(1_000, 20);
  try {
    const watchCluster = join(__dirname, "cases", "watchCluster.mjs");
    const { stdout } = await run(process.execPath, [watchCluster, server.url, server.lastPod]);
    const { nodes, pods, listed, peakMegabytes } = JSON.parse(stdout) as Readonly<Record<string, number>>;
    const name = `watch ${String(nodes)} nodes and ${String(pods)} pods`;
    line(name, `${(listed ?? 0).toFixed(0)} MB when listed, ${(peakMegabytes ?? 0).toFixed(0)} MB at most`);
  } finally {
    server.close();
  }
}

async function measure(
  name: string,
  size: { readonly of: number; readonly nodes: number; readonly maxUnavailable: number | string },
  drain: (cluster: BenchCluster, nodes: readonly string[]) => Promise<Drained>,
): Promise<void> {
  const { of, nodes: count, maxUnavailable } = size;
  await withCluster({ nodes: of, maxUnavailable }, async (cluster) => {
    const nodes = cluster.nodes.slice(0, count);
    const pods = nodes.reduce((total, node) => total + (cluster.podsOn.get(node) ?? 0), 0);
    const [load = NaN] = loadavg();
    const before = requestsSoFar(cluster);
    const from = performance.now();
    const { took } = await drain(cluster, nodes);
    const seconds = (performance.now() - from) / 1000;
    const after = requestsSoFar(cluster);
    const granted = after.evictionsGranted - before.evictionsGranted;
    const refused = after.evictionsRefused - before.evictionsRefused;
    const figures = [
      `${count} nodes and ${pods} pods in ${seconds.toFixed(1)} s`,
      `${(pods / seconds).toFixed(1)} pods/s`,
      `${granted} evictions`,
      `${((100 * refused) / (granted + refused)).toFixed(1)} % refused`,
      `${((after.all - before.all) / pods).toFixed(1)} API requests a pod`,
      ...(took === undefined ? [] : [took]),
      `load ${load.toFixed(1)} at its begin`,
    ];
    line(name, figures.join(", "));
  });
}

async function withPodnet({ kubeconfig }: BenchCluster, nodes: readonly string[]): Promise<Drained> {
  const drainNodes = join(__dirname, "cases", "drainNodes.mjs");
  const { stdout } = await run(process.execPath, [drainNodes, kubeconfig, String(AT_ONCE), ...nodes]);
  const { peakMegabytes, cpuSeconds } = JSON.parse(stdout) as {
    readonly peakMegabytes: number;
    readonly cpuSeconds: number;
  };
  return { took: `${peakMegabytes.toFixed(0)} MB at most, ${cpuSeconds.toFixed(1)} s of a core` };
}

/** A node that is drained is deleted, as one whose instance is terminated is; then the next begins. */
async function withKubectl(
  { kubectl, kubeconfig }: BenchCluster,
  nodes: readonly string[],
): Promise<Drained> {
  const left = [...nodes];
  const drainSome = async () => {
    for (let node = left.shift(); node !== undefined; node = left.shift()) {
      await run(kubectl, ["--kubeconfig", kubeconfig, "drain", node, "--ignore-daemonsets"], {
        maxBuffer: 2 ** 26,
      });
      await run(kubectl, ["--kubeconfig", kubeconfig, "delete", "node", node, "--wait=false"]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drainSome));
  return {};
}
