import { setTimeout as sleep } from "node:timers/promises";
import {
  AppsV1Api,
  CoreV1Api,
  PolicyV1Api,
  type KubeConfig,
  type V1Deployment,
  type V1PodDisruptionBudget,
} from "@kubernetes/client-node";
import type { Cell } from "./large.cells";
import type { WorldOutside } from "./world";

/**
 * As many Deployments as become ready at a time. Of thousands of pods at once each waits for all others, and is written
 * once more while it waits for its address.
 */
const AT_ONCE = 3;

/**
 * Makes the namespace of a team, its budgets and its Deployments, some at a time.
 *
 * @throws Error when one is not ready within half an hour.
 */
export async function applyCell(
  cell: Cell,
  kubeConfig: KubeConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name: namespace, replicas } = cell;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const policy = kubeConfig.makeApiClient(PolicyV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  for (const [index, count] of replicas.entries()) {
    if (index >= AT_ONCE) await waitForDeployment(apps, namespace, appName(index - AT_ONCE), signal);
    const name = appName(index);
    // Both kinds of promise in turn.
    const promise = index % 2 === 0 ? { maxUnavailable: "10%" } : { minAvailable: "80%" };
    await policy.createNamespacedPodDisruptionBudget({ namespace, body: budget(name, promise) });
    await apps.createNamespacedDeployment({ namespace, body: deployment(name, namespace, count) });
  }
}

function appName(index: number): string {
  return `app-${String(index + 1).padStart(2, "0")}`;
}

function budget(
  app: string,
  promise: Pick<NonNullable<V1PodDisruptionBudget["spec"]>, "maxUnavailable" | "minAvailable">,
): V1PodDisruptionBudget {
  return { metadata: { name: app }, spec: { selector: { matchLabels: { app } }, ...promise } };
}

function deployment(app: string, group: string, replicas: number): V1Deployment {
  const matchLabels = { app };
  return {
    metadata: { name: app, labels: matchLabels },
    spec: {
      replicas,
      selector: { matchLabels },
      template: {
        metadata: { labels: matchLabels },
        spec: {
          nodeSelector: { workload: group },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "topology.kubernetes.io/zone",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels },
            },
          ],
          containers: [
            {
              name: "app",
              image: "registry.internal/app:1.0.0",
              resources: { requests: { cpu: "100m", memory: "128Mi" } },
            },
          ],
        },
      },
    },
  };
}

/** That many pods take some minutes; half an hour only where nothing goes on any more. */
const READY_WITHIN_MS = 30 * 60_000;
const POLL_MS = 1_000;
/** Of one Deployment, which is asked for in no time. */
const SHORT_POLL_MS = 200;

async function waitForDeployment(
  apps: AppsV1Api,
  namespace: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const { spec, status } = await apps.readNamespacedDeploymentStatus({ name, namespace });
    if ((status?.readyReplicas ?? 0) === spec?.replicas) return;
    if (Date.now() > deadline) {
      throw new Error(`${namespace}/${name} did not become ready within ${READY_WITHIN_MS / 60_000} minutes`);
    }
    await sleep(SHORT_POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/**
 * Waits until every Deployment has all of its pods ready. It asks the Deployments, which tell of 20,000 pods in a
 * hundredth of the bytes.
 *
 * @throws Error when they are not within half an hour.
 */
export async function waitForPods(
  kubeConfig: KubeConfig,
  { log, signal }: Pick<WorldOutside, "log" | "signal">,
): Promise<void> {
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const deadline = Date.now() + READY_WITHIN_MS;
  let said = "";
  for (;;) {
    const { items } = await apps.listDeploymentForAllNamespaces();
    const wanted = total(items.map(({ spec }) => spec?.replicas));
    const ready = total(items.map(({ status }) => status?.readyReplicas));
    const now = `${ready} of ${wanted} pods are Ready`;
    if (now !== said) log(now);
    said = now;
    if (ready === wanted) return;
    if (Date.now() > deadline) {
      throw new Error(`the world did not become ready within ${READY_WITHIN_MS / 60_000} minutes: ${now}`);
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function total(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}
