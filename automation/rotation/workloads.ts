import type { ApiObject, Kubernetes } from "../kubernetes";

/** A Deployment or StatefulSet, as far as its readiness goes. */
interface ApiWorkload extends ApiObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

const KINDS = { Deployment: "deployments", StatefulSet: "statefulsets" };

/**
 * Counts the Deployments and StatefulSets of a cluster, and names those that have fewer ready pods than they want, as
 * `namespace/Kind/name`.
 *
 * DaemonSets are not looked at: they want a pod on each node that joins or goes, so they are short of some throughout.
 *
 * Needs list on deployments and statefulsets.
 *
 * @throws KubernetesError
 */
export async function readWorkloads(
  kubernetes: Kubernetes,
): Promise<{ readonly unready: readonly string[]; readonly inAll: number }> {
  const lists = await Promise.all(
    Object.entries(KINDS).map(([kind, resource]) =>
      kubernetes.list(`/apis/apps/v1/${resource}`, ({ metadata, spec, status }: ApiWorkload) => ({
        name: `${metadata.namespace ?? ""}/${kind}/${metadata.name}`,
        isUnready: (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1),
      })),
    ),
  );
  const all = lists.flat();
  return { unready: all.filter(({ isUnready }) => isUnready).map(({ name }) => name), inAll: all.length };
}
