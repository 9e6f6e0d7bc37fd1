import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, KubeConfig, PolicyV1Api } from "@kubernetes/client-node";
import { releaseControlPlane, startControlPlane } from "../sandbox/controlPlane/controlPlane";
import { ensurePrograms } from "../sandbox/controlPlane/programs";
import { stopProcesses } from "../sandbox/processes";

const PODS_A_NODE = 20;
const REPLICAS = 50;
const NAMESPACE = "default";

/** A cluster without an AWS: Nodes that kwok plays under the sandbox's own stages, and their pods. */
export interface BenchCluster {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly nodes: readonly string[];
  /** How many pods were put on a node, by its name. */
  readonly podsOn: ReadonlyMap<string, number>;
}

/**
 * Starts a control plane of that many nodes with 20 pods each, in workloads of 50 pods with a disruption budget each.
 *
 * @param maxUnavailable of each budget.
 */
export async function withCluster<R>(
  { nodes: count, maxUnavailable }: { readonly nodes: number; readonly maxUnavailable: number | string },
  act: (cluster: BenchCluster) => R | Promise<R>,
): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), "podnet-bench-"));
  const progress = { step: () => undefined, say: () => undefined, show: () => undefined };
  const programs = await ensurePrograms({ progress });
  try {
    const { kubeconfig } = await startControlPlane(folder, {
      programs,
      kwokConfig: join(__dirname, "..", "sandbox", "dataPlane", "kwok.yaml"),
      clusterName: "bench",
      progress,
    });
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(kubeconfig);
    const nodes = await makeNodes(kubeConfig, count);
    await makeWorkloads(kubeConfig, (count * PODS_A_NODE) / REPLICAS, maxUnavailable);
    const podsOn = await countPods(kubeConfig);
    return await act({ kubeconfig, kubectl: programs.kubectl, nodes, podsOn });
  } finally {
    await stopProcesses(folder);
    releaseControlPlane(folder);
    rmSync(folder, { recursive: true });
  }
}

async function makeNodes(kubeConfig: KubeConfig, count: number): Promise<string[]> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const name = `node-${String(index + 1).padStart(4, "0")}`;
    const capacity = { cpu: "16", memory: "64Gi", pods: "110" };
    await core.createNode({
      body: {
        // What the data plane says of a node whose CNI runs.
        metadata: {
          name,
          annotations: { "sandbox/cni": "ok" },
          labels: { "eks.amazonaws.com/nodegroup": "general" },
        },
        spec: { providerID: `aws:///us-west-2a/i-${index.toString(16).padStart(17, "0")}` },
        status: {
          capacity,
          allocatable: capacity,
          addresses: [{ type: "InternalIP", address: `10.64.${index >> 8}.${index & 255}` }],
        },
      },
    });
    names.push(name);
  }
  return names;
}

/** Their pods are on the host's network, so that none waits for an address that nobody gives here. */
async function makeWorkloads(
  kubeConfig: KubeConfig,
  count: number,
  maxUnavailable: number | string,
): Promise<void> {
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const policy = kubeConfig.makeApiClient(PolicyV1Api);
  for (let index = 0; index < count; index++) {
    const name = `app-${String(index + 1).padStart(3, "0")}`;
    const matchLabels = { app: name };
    const requests = { cpu: "100m", memory: "128Mi" };
    await apps.createNamespacedDeployment({
      namespace: NAMESPACE,
      body: {
        metadata: { name },
        spec: {
          replicas: REPLICAS,
          selector: { matchLabels },
          template: {
            metadata: { labels: matchLabels },
            spec: {
              hostNetwork: true,
              containers: [{ name: "app", image: "registry.internal/app:1.0.0", resources: { requests } }],
            },
          },
        },
      },
    });
    await policy.createNamespacedPodDisruptionBudget({
      namespace: NAMESPACE,
      body: { metadata: { name }, spec: { selector: { matchLabels }, maxUnavailable } },
    });
  }
  // The budgets as well: until its controller has looked, one allows nothing.
  for (;;) {
    const deployments = (await apps.listNamespacedDeployment({ namespace: NAMESPACE })).items;
    const budgets = (await policy.listNamespacedPodDisruptionBudget({ namespace: NAMESPACE })).items;
    const isReady =
      deployments.every(({ status }) => status?.readyReplicas === REPLICAS) &&
      budgets.every(({ status }) => status?.currentHealthy === REPLICAS);
    if (isReady) return;
    await sleep(500);
  }
}

async function countPods(kubeConfig: KubeConfig): Promise<Map<string, number>> {
  const { items } = await kubeConfig.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: NAMESPACE });
  const counts = new Map<string, number>();
  for (const { spec } of items) {
    const node = spec?.nodeName ?? "";
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}

/** What an API server has been asked since it began. */
export interface Requests {
  /** By anybody, the control plane's own components among them. */
  readonly all: number;
  readonly evictionsGranted: number;
  readonly evictionsRefused: number;
}

/** Reads what the API server has counted. */
export function requestsSoFar({ kubectl, kubeconfig }: BenchCluster): Requests {
  const args = ["--kubeconfig", kubeconfig, "get", "--raw", "/metrics"];
  const metrics = execFileSync(kubectl, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  let [all, evictionsGranted, evictionsRefused] = [0, 0, 0];
  for (const [, labels = "", value] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const times = Number(value);
    all += times;
    if (!labels.includes('subresource="eviction"')) continue;
    if (labels.includes('code="201"')) evictionsGranted += times;
    else evictionsRefused += times;
  }
  return { all, evictionsGranted, evictionsRefused };
}
