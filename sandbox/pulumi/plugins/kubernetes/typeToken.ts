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

const PATCH = "Patch";

/**
 * The object that a type such as `kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig` stands for. A patch
 * (`kubernetes:apps/v1:DaemonSetPatch`) stands for the object that it changes.
 *
 * @throws Error, naming the type, for what the stand-in doesn't have: lists, charts and sets of manifests.
 */
export function kindOf(type: string): Kind {
  const { group, name } = partsOf(type);
  const refuse = (why: string): never => {
    throw new Error(`${type} is not part of the sandbox's stand-in for the kubernetes plugin: ${why}`);
  };
  if (NOT_OBJECTS.includes(group)) return refuse("it makes single objects only");
  // The SDK calls the group of Pods and Services "core"; it has none in manifests.
  const apiVersion = group.replace(/^core\//, "");
  if (isBuiltIn(apiVersion) && name.endsWith("List"))
    return refuse("it makes single objects, not lists of them");
  return { apiVersion, kind: isPatch(type) ? name.slice(0, -PATCH.length) : name };
}

/** Whether a type is that of a patch: fields of an object that somebody else has made. */
export function isPatch(type: string): boolean {
  const { group, name } = partsOf(type);
  return isBuiltIn(group.replace(/^core\//, "")) && name.endsWith(PATCH);
}

function partsOf(type: string): { group: string; name: string } {
  const [, group = "", name = ""] = type.split(":");
  return { group, name };
}

/** Groups that come with Kubernetes. The others are of CustomResourceDefinitions. */
const BUILT_IN = [
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
];

/** Whether the real plugin knows the fields of a group's kinds, and not only those of their metadata. */
export function isBuiltIn(apiVersion: string): boolean {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined || BUILT_IN.includes(group);
}

/** Kinds that the real plugin waits for, and the stand-in doesn't: until rolled out, bound, complete or reachable. */
const NOT_WAITED_FOR = [
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

/** Whether the real plugin would wait for an object of this kind after it was made, as the stand-in can't. */
export function isNotWaitedFor({ apiVersion, kind }: Kind): boolean {
  return NOT_WAITED_FOR.includes(`${apiVersion} ${kind}`);
}
