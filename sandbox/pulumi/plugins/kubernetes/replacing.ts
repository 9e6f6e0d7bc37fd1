import type { Kind } from "./typeToken";

/**
 * Fields that no update can change, by kind; those of metadata are the same for all. A change of one makes a new object.
 * The real plugin has the same ones; other kinds leave it to the API server to refuse a change.
 */
const byKind: Readonly<Record<string, readonly string[]>> = {
  "apps/v1 DaemonSet": ["spec.selector"],
  "apps/v1 Deployment": ["spec.selector"],
  "apps/v1 StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1 Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1 RoleBinding": ["roleRef"],
  "storage.k8s.io/v1 StorageClass": ["parameters", "provisioner"],
  "v1 ConfigMap": ["binaryData", "data"],
  "v1 ResourceQuota": ["spec.scopes"],
  "v1 Secret": ["data", "stringData", "type"],
  "v1 Service": ["spec.clusterIP"],
};

/** The fields of a kind whose change makes a new object; those that say which object a patch changes make a new patch. */
export function replacingFields({ apiVersion, kind }: Kind, isPatch: boolean): readonly string[] {
  const identity = ["metadata.name", "metadata.namespace"];
  return isPatch ? identity : [...identity, ...(byKind[`${apiVersion} ${kind}`] ?? [])];
}
