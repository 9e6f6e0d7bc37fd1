import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
  type V1CustomResourceDefinition,
  type V1DaemonSet,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import type { Clock } from "../clock";
import { persistently } from "./persistently";

/** EKS writes with this name, and managedFields show it. */
export const FIELD_MANAGER = "eks";

/** Fields of an object that belong to somebody else. */
export interface ApplyConflict {
  readonly object: KubernetesObject;
  readonly message: string;
  /** Such as `.spec.template.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value`. */
  readonly fields: readonly string[];
}

/** What EKS does in the cluster's API server. */
export interface ClusterAccess {
  /** Server-side apply as `eks`. @returns the conflict when it isn't forced and fields belong to others. */
  apply(
    object: KubernetesObject,
    options: { force: boolean; dryRun: boolean },
  ): Promise<ApplyConflict | undefined>;
  /** Deletes an object, if it is there. */
  remove(object: KubernetesObject): Promise<void>;
  /** Whether the API server serves what a definition defines; a new one takes it a moment. */
  serves(definition: V1CustomResourceDefinition): Promise<boolean>;
  /** The DaemonSet of the CNI, if there is one. */
  awsNode(): Promise<V1DaemonSet | undefined>;
  /** All nodes of the cluster. */
  nodes(): Promise<V1Node[]>;
  nodesOf(nodeGroupName: string): Promise<V1Node[]>;
  /** Merges into a Node. */
  patchNode(name: string, patch: { readonly metadata?: object; readonly spec?: object }): Promise<void>;
  podsOn(nodeName: string): Promise<V1Pod[]>;
  /** @returns whether the eviction was accepted, or the pod had gone. */
  evict(pod: V1Pod): Promise<boolean>;
  /** Deletes a pod, which no budget hinders; its grace period is its own. */
  deletePod(pod: V1Pod): Promise<void>;
}

/** Speaks to the cluster of a kubeconfig file, and asks again when that could not answer. */
export function clusterAccess(
  kubeconfig: string,
  outside: { readonly clock: Clock; readonly signal: AbortSignal },
): ClusterAccess {
  const steadily = <T>(ask: () => Promise<T>) => persistently(ask, outside);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const apps = config.makeApiClient(AppsV1Api);
  return {
    apply: async (object, { force, dryRun }) => {
      try {
        await steadily(() =>
          objects.patch(
            object,
            undefined,
            dryRun ? "All" : undefined,
            FIELD_MANAGER,
            force,
            PatchStrategy.ServerSideApply,
          ),
        );
        return undefined;
      } catch (error) {
        const conflict = conflictOf(object, error);
        if (conflict === undefined) throw error;
        return conflict;
      }
    },
    remove: async (object) => {
      await unlessMissing(steadily(() => objects.delete(object)));
    },
    serves: async (definition) => {
      const { group, versions, names } = definition.spec;
      try {
        const version = versions[0]?.name ?? "";
        await steadily(() =>
          custom.listClusterCustomObject({ group, version, plural: names.plural, limit: 1 }),
        );
        return true;
      } catch (error) {
        // 404 before it is known, 429 while its storage is made.
        if (error instanceof ApiException && (error.code === 404 || error.code === 429)) return false;
        throw error;
      }
    },
    awsNode: () =>
      unlessMissing(
        steadily(() => apps.readNamespacedDaemonSet({ name: "aws-node", namespace: "kube-system" })),
      ),
    nodes: async () => (await steadily(() => core.listNode())).items,
    nodesOf: async (nodeGroupName) => {
      const labelSelector = `eks.amazonaws.com/nodegroup=${nodeGroupName}`;
      return (await steadily(() => core.listNode({ labelSelector }))).items;
    },
    patchNode: async (name, patch) => {
      const node = { apiVersion: "v1", kind: "Node", ...patch, metadata: { ...patch.metadata, name } };
      await unlessMissing(
        steadily(() =>
          objects.patch(node, undefined, undefined, FIELD_MANAGER, undefined, PatchStrategy.MergePatch),
        ),
      );
    },
    podsOn: async (nodeName) => {
      const fieldSelector = `spec.nodeName=${nodeName}`;
      return (await steadily(() => core.listPodForAllNamespaces({ fieldSelector }))).items;
    },
    evict: async (pod) => {
      const { name = "", namespace = "" } = pod.metadata ?? {};
      try {
        await core.createNamespacedPodEviction({ name, namespace, body: { metadata: { name, namespace } } });
        return true;
      } catch (error) {
        if (error instanceof ApiException && error.code === 404) return true;
        // 429 by a budget, 500 by two of them: the drain comes back to the pod.
        if (error instanceof ApiException && (error.code === 429 || error.code === 500)) return false;
        throw error;
      }
    },
    deletePod: async ({ metadata: { name = "", namespace = "" } = {} }) => {
      await unlessMissing(steadily(() => core.deleteNamespacedPod({ name, namespace })));
    },
  };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}

function conflictOf(object: KubernetesObject, error: unknown): ApplyConflict | undefined {
  if (!(error instanceof ApiException) || error.code !== 409) return undefined;
  const body: unknown = typeof error.body === "string" ? JSON.parse(error.body) : error.body;
  const { message = "", details = {} } = body as {
    message?: string;
    details?: { causes?: { reason?: string; field?: string }[] };
  };
  const fields = (details.causes ?? []).flatMap(({ reason, field }) =>
    reason === "FieldManagerConflict" && field !== undefined ? [field] : [],
  );
  return fields.length === 0 ? undefined : { object, message, fields };
}
