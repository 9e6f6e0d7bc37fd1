import type { V1Node, V1Pod, V1VolumeAttachment } from "@kubernetes/client-node";
import { ApiError } from "../cluster/apiServer";
import { nextOfDrain, type DrainStep } from "./drainOrder";
import { DISRUPTED_TAINT, TERMINATION_FINALIZER, TERMINATION_TIME_ANNOTATION } from "./names";
import type { NodeClaim } from "./objects";
import { NODE_CLAIMS, timeText, type Round } from "./outside";

/** Load balancers leave such nodes alone at once. */
const EXCLUDED_FROM_LOAD_BALANCERS = {
  "node.kubernetes.io/exclude-from-external-load-balancers": "karpenter",
};

/**
 * Takes a NodeClaim that is being deleted one step nearer to its end: its Node is deleted, tainted and drained, its
 * volumes are detached, its instance is terminated, and then both finalizers go.
 */
export async function end(claim: NodeClaim, round: Round): Promise<void> {
  const { metadata } = claim;
  if (metadata.finalizers?.includes(TERMINATION_FINALIZER) !== true) return;
  const deadlineMs = deadlineOf(claim);
  if (deadlineMs !== undefined && metadata.annotations?.[TERMINATION_TIME_ANNOTATION] === undefined) {
    const annotations = { [TERMINATION_TIME_ANNOTATION]: timeText(deadlineMs) };
    await round.api.patch(`${NODE_CLAIMS}/${metadata.name ?? ""}`, "merge", { metadata: { annotations } });
  }
  const node = await nodeOf(claim, round);
  const instance = await round.instances.find(metadata.name ?? "");
  if (instance !== undefined) {
    if (node !== undefined && !(await isDrained(node, deadlineMs, round))) return;
    await round.instances.terminate(instance.instanceId);
    round.log(`NodeClaim ${metadata.name ?? ""}: ${instance.instanceId} terminated`);
    return;
  }
  if (node !== undefined)
    await letGo(`/api/v1/nodes/${node.metadata?.name ?? ""}`, node.metadata?.finalizers, round);
  await letGo(`${NODE_CLAIMS}/${metadata.name ?? ""}`, metadata.finalizers, round);
}

function deadlineOf({ metadata, spec }: NodeClaim): number | undefined {
  if (spec.terminationGracePeriod === undefined || metadata.deletionTimestamp === undefined) return undefined;
  return Date.parse(metadata.deletionTimestamp) + durationMs(spec.terminationGracePeriod);
}

/** Such as 1h30m. */
function durationMs(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, number = "0", unit = "s"]) => sum + Number(number) * (units[unit] ?? 0),
    0,
  );
}

async function nodeOf({ status }: NodeClaim, { api, view }: Round): Promise<V1Node | undefined> {
  const name = [...view.nodes.values()].find(({ providerId }) => providerId === status?.providerID)?.name;
  return name === undefined ? undefined : await unlessGone(api.call<V1Node>("GET", `/api/v1/nodes/${name}`));
}

async function isDrained(node: V1Node, deadlineMs: number | undefined, round: Round): Promise<boolean> {
  const { api, now } = round;
  const name = node.metadata?.name ?? "";
  const path = `/api/v1/nodes/${name}`;
  if (node.metadata?.deletionTimestamp === undefined) await unlessGone(api.call("DELETE", path));
  const taints = node.spec?.taints ?? [];
  if (!taints.some(({ key }) => key === DISRUPTED_TAINT.key)) {
    await unlessGone(
      api.patch(path, "merge", {
        metadata: { resourceVersion: node.metadata?.resourceVersion, labels: EXCLUDED_FROM_LOAD_BALANCERS },
        spec: { taints: [...taints, DISRUPTED_TAINT] },
      }),
    );
  }
  const isOver = deadlineMs !== undefined && now() >= deadlineMs;
  const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${name}` });
  const { items: pods } = await api.call<{ items: V1Pod[] }>("GET", `/api/v1/pods?${query.toString()}`);
  const drain = nextOfDrain(pods, deadlineMs, now());
  await Promise.all(drain.steps.map((step) => carryOut(step, round)));
  if (isOver) return true;
  return drain.isDone && !(await hasVolumes(name, round));
}

async function carryOut(step: DrainStep, { api }: Round): Promise<void> {
  const { name = "", namespace = "", uid } = step.pod.metadata ?? {};
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const preconditions = { uid };
  try {
    if (step.kind === "delete") {
      await api.call("DELETE", path, { gracePeriodSeconds: step.gracePeriodSeconds, preconditions });
      return;
    }
    await api.call("POST", `${path}/eviction`, {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions },
    });
  } catch (error) {
    // 429 of a PodDisruptionBudget, and 500 of two for one pod: the next round tries again.
    if (!(error instanceof ApiError) || ![404, 409, 429, 500].includes(error.status)) throw error;
  }
}

async function hasVolumes(nodeName: string, { api }: Round): Promise<boolean> {
  const path = "/apis/storage.k8s.io/v1/volumeattachments";
  const { items } = await api.call<{ items: V1VolumeAttachment[] }>("GET", path);
  return items.some(({ spec }) => spec.nodeName === nodeName);
}

async function letGo(path: string, finalizers: readonly string[] = [], { api }: Round): Promise<void> {
  const rest = finalizers.filter((one) => one !== TERMINATION_FINALIZER);
  await unlessGone(api.patch(path, "merge", { metadata: { finalizers: rest } }));
}

/** @returns nothing for what is gone, or has changed in the meantime: the next round looks again. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && [404, 409].includes(error.status)) return undefined;
    throw error;
  }
}
