/** What an object of Kubernetes is, as its manifest says. */
export interface Kind {
  /** For example `crd.k8s.amazonaws.com/v1alpha1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** Resources of the plugin that are no single object, by the middle part of their type. */
const NOT_OBJECTS = [
  "helm.sh/v2",
  "helm.sh/v3",
  "helm.sh/v4",
  "kustomize",
  "kustomize/v2",
  "yaml",
  "yaml/v2",
];

/**
 * The object that a type such as `kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig` stands for.
 *
 * @throws Error, naming the type, for what the stand-in doesn't have: patches, lists, charts and sets of manifests.
 */
export function kindOf(type: string): Kind {
  const [, group = "", kind = ""] = type.split(":");
  const refuse = (why: string): never => {
    throw new Error(`${type} is not part of the sandbox's stand-in for the kubernetes plugin: ${why}`);
  };
  if (NOT_OBJECTS.includes(group)) return refuse("it makes single objects only");
  if (kind.endsWith("Patch")) return refuse("it makes whole objects, and patches none that another has made");
  if (kind.endsWith("List")) return refuse("it makes single objects, not lists");
  // The SDK calls the group of Pods and Services "core"; it has none in manifests.
  return { apiVersion: group.replace(/^core\//, ""), kind };
}

/** Kinds that the real plugin waits for: until rolled out, bound, complete or reachable. */
const AWAITED = [
  "apps/v1 DaemonSet",
  "apps/v1 Deployment",
  "apps/v1 StatefulSet",
  "batch/v1 Job",
  "networking.k8s.io/v1 Ingress",
  "v1 PersistentVolume",
  "v1 PersistentVolumeClaim",
  "v1 Pod",
  "v1 ReplicationController",
  "v1 Service",
];

/** Whether the real plugin would wait for an object of this kind after it was made. */
export function isAwaited({ apiVersion, kind }: Kind): boolean {
  return AWAITED.includes(`${apiVersion} ${kind}`);
}
