import type { ClusterPod, LabelSelector } from "../../planning/rotation/observation";
import { podsTo, type VerdictOptions } from "../../planning/rotation/podVerdict";
import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";
import { slimPod } from "./slim";

/** How many ready pods an owner had before its pods were moved. */
export interface OwnerPromise {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
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
}

/**
 * The owners of the pods that are to leave a node, each with its ready pods in the whole cluster. Pods that end by
 * themselves, such as those of Jobs and workflows, may not be made again, so their number is no promise.
 *
 * @param leaving the pods on the node.
 * @param all the pods of the cluster.
 */
export function ownerPromises(
  leaving: readonly ClusterPod[],
  all: readonly ClusterPod[],
  options: VerdictOptions,
): OwnerPromise[] {
  const owners = new Map<string, OwnerPromise>();
  for (const { namespace, controller, endsByItself } of podsTo("evict", leaving, options)) {
    if (controller === undefined || endsByItself || owners.has(controller.uid)) continue;
    const { apiVersion, kind, name, uid } = controller;
    const ready = all.filter((pod) => pod.controller?.uid === uid && isServing(pod)).length;
    owners.set(uid, { apiVersion, kind, namespace, name, ready });
  }
  return [...owners.values()];
}

/**
 * Whether an owner has as many ready pods as before, or as many as it wants by now, if that is fewer.
 *
 * @returns none when it has.
 * @throws KubernetesError
 */
export async function unreadyOwner(
  kubernetes: Kubernetes,
  promise: OwnerPromise,
): Promise<UnreadyOwner | undefined> {
  const { namespace, kind, name, ready } = promise;
  const scale = await readScale(kubernetes, promise);
  if (scale === undefined) return undefined;
  const wanted = Math.min(ready, scale.replicas);
  const found = await kubernetes.list(`/api/v1/namespaces/${namespace}/pods`, slimPod, {
    labelSelector: scale.selector === undefined ? undefined : selectorText(scale.selector),
  });
  const pods = found.filter(({ controller }) => controller?.kind === kind && controller.name === name);
  const serving = pods.filter(isServing).length;
  if (serving >= wanted) return undefined;
  return {
    owner: `${namespace}/${kind}/${name}`,
    ready: serving,
    wanted,
    unschedulable: pods
      .filter(({ isUnschedulable, isTerminating }) => isUnschedulable && !isTerminating)
      .map((pod) => `${pod.namespace}/${pod.name}`),
  };
}

function isServing({ isReady, isTerminating }: ClusterPod): boolean {
  return isReady && !isTerminating;
}

interface Scale {
  readonly replicas: number;
  readonly selector: LabelSelector | undefined;
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
async function readScale(kubernetes: Kubernetes, promise: OwnerPromise): Promise<Scale | undefined> {
  const { apiVersion, kind, namespace, name } = promise;
  const resource = SCALED[`${apiVersion} ${kind}`];
  if (resource === undefined) {
    return (await isThere(kubernetes, promise)) ? { replicas: Infinity, selector: undefined } : undefined;
  }
  try {
    const path = `/apis/${apiVersion}/namespaces/${namespace}/${resource}/${name}`;
    const { spec } = await kubernetes.get<
      ApiObject & { readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector } }
    >(path);
    return { replicas: spec?.replicas ?? 1, selector: spec?.selector };
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

/** A selector as a query has it. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      switch (operator) {
        case "Exists":
          return key;
        case "DoesNotExist":
          return `!${key}`;
        default:
          return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
      }
    }),
  ].join(",");
}
