import { awaitedPods, isServing, stillAwaited, type AwaitedPods } from "../../planning/rotation/awaitedPods";
import { podName, type ClusterPod } from "../../planning/rotation/observation";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";
import { ownerName, type ClusterWatch, type Owner } from "./clusterWatch";
import type { Tools } from "./outside";

/** How many ready pods an owner had before its pods were moved. */
export interface OwnerPromise extends Owner {
  readonly apiVersion: string;
  readonly ready: number;
}

/** An owner that has fewer ready pods than it should. */
export interface UnreadyOwner {
  /** As `namespace/Kind/name`. */
  readonly owner: string;
  readonly ready: number;
  readonly wanted: number;
  /** Pods of it that the scheduler found no node for, as `namespace/name`. */
  readonly unschedulable: readonly string[];
  /** Pods of it that were told to end and that a finalizer keeps: `namespace/name (finalizer)`. */
  readonly kept: readonly string[];
}

/**
 * The owners of the pods that are to leave a node, each with its ready pods in the whole cluster. Pods that end by
 * themselves, such as those of Jobs and workflows, may not be made again, so their number is no promise.
 *
 * @param leaving the pods on the node.
 */
export function ownerPromises(
  leaving: readonly ClusterPod[],
  watch: Pick<ClusterWatch, "podsOf">,
  options: VerdictOptions,
): OwnerPromise[] {
  const owners = new Map<string, OwnerPromise>();
  for (const { namespace, controller, endsByItself } of podsTo("evict", leaving, options)) {
    if (controller === undefined || endsByItself || owners.has(controller.uid)) continue;
    const { apiVersion, kind, name, uid } = controller;
    const ready = watch.podsOf({ namespace, kind, name }).filter(isServing).length;
    owners.set(uid, { apiVersion, kind, namespace, name, ready });
  }
  return [...owners.values()];
}

/** Tells how owners of moved pods are. */
export interface Owners {
  /**
   * Whether an owner whose pods have left a node is seen to have as many ready pods as before, those aside that left other
   * nodes later.
   */
  hasAll(promise: OwnerPromise): boolean;
  /**
   * Whether an owner has as many ready pods as before, or as many as it wants by now, if that is fewer. What it wants is
   * asked for only where waiting does not tell: when it has no pod, or too few ready ones for some time.
   *
   * @returns none when it has.
   * @throws KubernetesError
   */
  unready(promise: OwnerPromise): Promise<UnreadyOwner | undefined>;
}

/**
 * What an owner wants changes seldom: it is asked for no more often than this, and not sooner for one that still has
 * pods, since those that were moved are ready elsewhere within seconds.
 */
const ASKED_EVERY_MS = 2_000;

/** Looks at owners: at their pods by the watch, at what they want by asking. */
export function ownersIn(
  { kubernetes, clock }: Pick<Tools, "kubernetes" | "clock">,
  watch: Pick<ClusterWatch, "podsOf">,
): Owners {
  const asked = new Map<string, { readonly atMs: number; readonly wanted: number | undefined }>();
  const wantedOf = async (promise: OwnerPromise, hasPods: boolean): Promise<number | undefined> => {
    const name = ownerName(promise);
    const known = asked.get(name);
    if (known !== undefined && clock.now() - known.atMs < ASKED_EVERY_MS) return known.wanted;
    const isNew = known === undefined && hasPods;
    const wanted = isNew ? Infinity : await replicasWanted(kubernetes, promise);
    asked.set(name, { atMs: clock.now(), wanted });
    return wanted;
  };
  const awaited = new WeakMap<OwnerPromise, AwaitedPods>();
  const hasAll = (promise: OwnerPromise): boolean => {
    const pods = watch.podsOf(promise);
    if (pods.filter(isServing).length >= promise.ready) return true;
    const before = awaited.get(promise);
    const now = (before && stillAwaited(pods, before)) ?? awaitedPods(pods, promise.ready);
    if (now === undefined) awaited.delete(promise);
    else awaited.set(promise, now);
    return now !== undefined && now.unready.size <= now.spare;
  };
  return {
    hasAll,
    unready: async (promise) => {
      const pods = watch.podsOf(promise);
      const ready = pods.filter(isServing).length;
      if (hasAll(promise)) {
        asked.delete(ownerName(promise));
        return undefined;
      }
      const replicas = await wantedOf(promise, pods.length > 0);
      if (replicas === undefined || ready >= replicas) return undefined;
      return {
        owner: ownerName(promise),
        ready,
        wanted: Math.min(promise.ready, replicas),
        unschedulable: pods
          .filter(({ isUnschedulable, isTerminating }) => isUnschedulable && !isTerminating)
          .map(podName),
        kept: pods
          .filter(({ isTerminating, finalizers = [] }) => isTerminating && finalizers.length > 0)
          .map((pod) => `${podName(pod)} (${(pod.finalizers ?? []).join(", ")})`),
      };
    },
  };
}

/** The kinds whose wish for replicas is known. */
const SCALED: Readonly<Record<string, string>> = {
  "apps/v1 ReplicaSet": "replicasets",
  "apps/v1 StatefulSet": "statefulsets",
};

/**
 * Whether it is known what an owner of this kind wants. Of any other, what it had is only what it may want: nobody can
 * tell when it has done what it will.
 */
export function isKnownKind({ apiVersion, kind }: Pick<OwnerPromise, "apiVersion" | "kind">): boolean {
  return SCALED[`${apiVersion} ${kind}`] !== undefined;
}

/** What an owner wants by now; none when it is gone, and nobody waits for it any more. */
async function replicasWanted(kubernetes: Kubernetes, promise: OwnerPromise): Promise<number | undefined> {
  const { apiVersion, kind, namespace, name } = promise;
  const resource = SCALED[`${apiVersion} ${kind}`];
  if (resource === undefined) return (await isThere(kubernetes, promise)) ? Infinity : undefined;
  try {
    const path = `/apis/${apiVersion}/namespaces/${namespace}/${resource}/${name}`;
    const { spec } = await kubernetes.get<ApiObject & { readonly spec?: { readonly replicas?: number } }>(
      path,
    );
    return spec?.replicas ?? 1;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

interface ApiResources extends ApiObject {
  readonly resources?: readonly { readonly name: string; readonly kind: string }[];
}

/** Whether an owner of any kind is there; one that we may not read counts as there. */
async function isThere(
  kubernetes: Kubernetes,
  { apiVersion, kind, namespace, name }: OwnerPromise,
): Promise<boolean> {
  const root = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
  try {
    const { resources = [] } = await kubernetes.get<ApiResources>(root);
    // Subresources have a slash in their names.
    const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
    if (resource === undefined) return false;
    await kubernetes.get(`${root}/namespaces/${namespace}/${resource.name}/${name}`);
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    if (isStatus(error, 403)) return true;
    throw error;
  }
}
