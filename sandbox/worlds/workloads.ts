import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
  type V1Node,
  type V1ObjectMeta,
  type V1Pod,
} from "@kubernetes/client-node";
import type { Clients } from "./clients";
import type { WorldOutside } from "./world";

/** What is to run, and when it is there. */
export interface WorkloadsPlan {
  /** Of manifests, beside this one. */
  readonly files: readonly string[];
  /** How many have to be Ready first, or everything would run on the first ones. */
  readonly nodes: number;
  /** Workloads that never become ready, as `namespace/name`. @default none */
  readonly neverReady?: readonly string[];
}

/**
 * Waits for nodes, applies manifests, and waits until the cluster's Deployments, StatefulSets and DaemonSets, and the pods of
 * the manifests, are ready.
 *
 * @throws Error when they are not within three minutes.
 */
export async function runWorkloads(
  { files, nodes, neverReady = [] }: WorkloadsPlan,
  { kubeConfig }: Pick<Clients, "kubeConfig">,
  { log, signal }: Pick<WorldOutside, "log" | "signal">,
): Promise<void> {
  await waitForNodes(nodes, kubeConfig, signal);
  const manifests = files.flatMap(readManifests);
  await applyManifests(manifests, kubeConfig, signal);
  const pods = manifests.filter(({ kind }) => kind === "Pod");
  await waitUntilReady({ pods, neverReady }, kubeConfig, log, signal);
}

function readManifests(file: string): KubernetesObject[] {
  return loadAllYaml(readFileSync(join(__dirname, file), "utf8")) as KubernetesObject[];
}

async function waitForNodes(
  wanted: number,
  kubeConfig: KubeConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ready = (await core.listNode()).items.filter(isReady).length;
    if (ready >= wanted) return;
    if (Date.now() > deadline) {
      throw new Error(`${ready} of ${wanted} nodes are Ready after ${READY_WITHIN_MS / 1000} s`);
    }
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

async function applyManifests(
  manifests: readonly KubernetesObject[],
  kubeConfig: KubeConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  for (const manifest of manifests) {
    signal?.throwIfAborted();
    await objects.patch(manifest, undefined, undefined, "kubectl", true, PatchStrategy.ServerSideApply);
  }
}

/** Generous: it is about 15 seconds on two cores for the biggest of them. */
const READY_WITHIN_MS = 180_000;

async function waitUntilReady(
  {
    pods,
    neverReady,
  }: { readonly pods: readonly KubernetesObject[]; readonly neverReady: readonly string[] },
  kubeConfig: KubeConfig,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let said = "";
  for (;;) {
    const workloads = (await readWorkloads(pods, kubeConfig)).filter(
      ({ name }) => !neverReady.includes(name),
    );
    const [ready, wanted] = [sum(workloads, ({ ready }) => ready), sum(workloads, ({ wanted }) => wanted)];
    const now = `${ready} of ${wanted} pods are Ready`;
    if (now !== said) log(now);
    said = now;
    const waiting = workloads.filter((one) => !one.isObserved || one.ready !== one.wanted);
    if (waiting.length === 0) return;
    if (Date.now() > deadline) {
      const names = waiting.map(({ name }) => name).join(", ");
      throw new Error(`the world did not become ready within ${READY_WITHIN_MS / 1000} s: ${names}`);
    }
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

/** How much of a workload is ready. */
interface WorkloadReadiness {
  /** `namespace/name` */
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  /** Whether the numbers are of the workload as it was applied last. */
  readonly isObserved: boolean;
}

/** Workloads, not their pods: of a big cluster that is a small list. */
async function readWorkloads(
  pods: readonly KubernetesObject[],
  kubeConfig: KubeConfig,
): Promise<WorkloadReadiness[]> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const [deployments, statefulSets, daemonSets, ...barePods] = await Promise.all([
    apps.listDeploymentForAllNamespaces(),
    apps.listStatefulSetForAllNamespaces(),
    apps.listDaemonSetForAllNamespaces(),
    ...pods.map(({ metadata: { name = "", namespace = "default" } = {} }) =>
      core.readNamespacedPod({ name, namespace }),
    ),
  ]);
  return [
    ...[...deployments.items, ...statefulSets.items].map(({ metadata, spec, status }) => ({
      name: nameOf(metadata),
      wanted: spec?.replicas ?? 1,
      ready: status?.readyReplicas ?? 0,
      isObserved: status?.observedGeneration === metadata?.generation,
    })),
    ...daemonSets.items.map(({ metadata, status }) => ({
      name: nameOf(metadata),
      wanted: status?.desiredNumberScheduled ?? 0,
      ready: status?.numberReady ?? 0,
      isObserved: status?.observedGeneration === metadata?.generation,
    })),
    ...barePods.map((pod) => ({
      name: nameOf(pod.metadata),
      wanted: 1,
      ready: isReady(pod) ? 1 : 0,
      isObserved: true,
    })),
  ];
}

function nameOf({ namespace = "", name = "" }: V1ObjectMeta = {}): string {
  return `${namespace}/${name}`;
}

function sum<T>(all: readonly T[], numberOf: (one: T) => number): number {
  return all.reduce((total, one) => total + numberOf(one), 0);
}

function isReady({ status: said }: V1Node | V1Pod): boolean {
  return said?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}
