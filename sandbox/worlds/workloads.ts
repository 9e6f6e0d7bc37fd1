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
  type V1Pod,
} from "@kubernetes/client-node";
import type { Clients } from "./clients";
import type { WorldOutside } from "./world";

/**
 * Waits for nodes, applies the manifests of a file beside this one, and waits until all pods of the cluster are Ready.
 *
 * @param plan.nodes how many have to be Ready first, or everything would run on the first ones.
 * @throws Error when they are not within three minutes.
 */
export async function runWorkloads(
  { file, nodes }: { readonly file: string; readonly nodes: number },
  { kubeConfig }: Pick<Clients, "kubeConfig">,
  { log, signal }: Pick<WorldOutside, "log" | "signal">,
): Promise<void> {
  await waitForNodes(nodes, kubeConfig, signal);
  await applyWorkloads(file, kubeConfig, signal);
  await waitUntilReady(kubeConfig, log, signal);
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

async function applyWorkloads(
  file: string,
  kubeConfig: KubeConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  const manifests = loadAllYaml(readFileSync(join(__dirname, file), "utf8")) as KubernetesObject[];
  for (const manifest of manifests) {
    signal?.throwIfAborted();
    await objects.patch(manifest, undefined, undefined, "kubectl", true, PatchStrategy.ServerSideApply);
  }
}

/** Generous: it is about 15 seconds on two cores for the biggest of them. */
const READY_WITHIN_MS = 180_000;

async function waitUntilReady(
  kubeConfig: KubeConfig,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const deadline = Date.now() + READY_WITHIN_MS;
  let said = "";
  for (;;) {
    const [{ items: pods }, { items: deployments }, { items: statefulSets }] = await Promise.all([
      core.listPodForAllNamespaces(),
      apps.listDeploymentForAllNamespaces(),
      apps.listStatefulSetForAllNamespaces(),
    ]);
    const owned = [...deployments, ...statefulSets];
    const isComplete = owned.every(({ spec, status }) => (status?.readyReplicas ?? 0) === spec?.replicas);
    const ready = pods.filter(isReady).length;
    const now = `${ready} of ${pods.length} pods are Ready`;
    if (now !== said) log(now);
    said = now;
    if (isComplete && ready === pods.length) return;
    if (Date.now() > deadline) {
      const waiting = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata?.name);
      throw new Error(
        `the world did not become ready within ${READY_WITHIN_MS / 1000} s: ${waiting.join(", ")}`,
      );
    }
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

function isReady({ status: said }: V1Node | V1Pod): boolean {
  return said?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}
