import { ALL_STEPS, circumstances, type Circumstance, type Step, type WantedPermissions } from "./wanted";

/** What of the Kubernetes API steps take, as `kubectl auth can-i` asks. */
export interface KubernetesNeed {
  readonly verb: string;
  /** Of its API group; none for the core one. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Where it is asked for in one namespace alone. */
  readonly namespace?: string;
  /** The only object that it is done to, where there is one and the verb takes its name. */
  readonly name?: string;
  readonly steps: readonly Step[];
}

/** The Lease of the rotation, and the ConfigMap beside it. */
export const ROTATION_OBJECT = "eks-pod-network-rotation";
/** The ConfigMap with how the CNI was set before. */
export const CNI_OBJECT = "eks-pod-network-cni";
/** The ConfigMap with what happened while nodes were replaced. */
export const HISTORY_OBJECT = "eks-pod-network-history";

/**
 * What the steps take of the Kubernetes API for what is wanted: the components' resources by Pulumi's Kubernetes plugin,
 * and the runner's own calls. Each once.
 *
 * What every user has (the ClusterRoles system:basic-user and system:discovery) is not among them.
 */
export function kubernetesNeeds(wanted: WantedPermissions = {}): KubernetesNeed[] {
  const given = circumstances(wanted);
  const merged = new Map<string, Omit<KubernetesNeed, "steps"> & { readonly steps: Set<Step> }>();
  for (const { steps, ...rest } of [
    ...ofLooking(given),
    ...ofProgram(given),
    ...ofRotating(given),
    ...ofAsked(given),
  ]) {
    const { verb, group, resource, subresource = "", namespace = "", name = "" } = rest;
    const key = [namespace === "" ? 0 : 1, group, resource, subresource, name, verb].join(" ");
    const need = merged.get(key) ?? { ...rest, steps: new Set<Step>() };
    for (const step of steps) need.steps.add(step);
    merged.set(key, need);
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, need]) => ({ ...need, steps: ALL_STEPS.filter((step) => need.steps.has(step)) }));
}

type Given = ReadonlySet<Circumstance>;

const SYSTEM = "kube-system";
const ENI_CONFIGS = "eniconfigs.crd.k8s.amazonaws.com";
const BOTH_WAYS: readonly Step[] = ["rotate", "rollback"];

/** Nodes, pods and budgets are looked at by whoever looks whether nodes are old. */
function ofLooking(given: Given): KubernetesNeed[] {
  const observing: readonly Step[] = ["preflight", "preview", "rotate", "rollback", "verify"];
  // On the way back, places of new workers are reckoned without them.
  const forward: readonly Step[] = ["preflight", "preview", "rotate"];
  const steps = given.has("controlPlane") ? ALL_STEPS : observing;
  const preflight = [
    ...["namespaces", "deployments.apps", "endpointslices.discovery.k8s.io"],
    ...["networkpolicies.networking.k8s.io"],
    ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].map(
      (resource) => `${resource}.admissionregistration.k8s.io`,
    ),
    ...(given.has("karpenter") ? ["ec2nodeclasses.karpenter.k8s.aws"] : []),
  ];
  return [
    ...everywhere(steps, "nodes", ["list"]),
    ...everywhere(steps, "pods", ["list"]),
    ...everywhere(steps, "poddisruptionbudgets.policy", ["list"]),
    ...everywhere([...forward, "verify"], ENI_CONFIGS, ["list"]),
    ...everywhere(forward, "persistentvolumes", ["list"]),
    ...preflight.flatMap((resource) => everywhere(["preflight"], resource, ["list"])),
    ...inSystem(ALL_STEPS, "daemonsets.apps", ["get"], "aws-node"),
    ...inSystem(["preview", "rotate", "rollback"], "leases.coordination.k8s.io", ["get"], ROTATION_OBJECT),
    ...inSystem(["preview", "rotate", "rollback", "verify"], "configmaps", ["get"], ROTATION_OBJECT),
    ...inSystem(["preview", "rollback"], "configmaps", ["get"], CNI_OBJECT),
    ...inSystem(BOTH_WAYS, "configmaps", ["get"], HISTORY_OBJECT),
  ];
}

/**
 * What Pulumi's Kubernetes plugin asks. It applies on the server, which is a patch, and create where the object is not
 * there; a preview tries the same as a dry run, and does without where it may not. What it has patched or deletes, it
 * watches.
 */
function ofProgram(given: Given): KubernetesNeed[] {
  const definitions = "customresourcedefinitions.apiextensions.k8s.io";
  const made = (resource: string): KubernetesNeed[] => [
    ...everywhere(["preview", "up", "rollback"], resource, ["get"]),
    ...everywhere(["up"], resource, ["create", "patch"]),
    ...everywhere(["rollback"], resource, ["delete", "list", "watch"]),
  ];
  const patched: KubernetesNeed[] = [
    ...inSystem(["up"], "daemonsets.apps", ["patch"], "aws-node"),
    ...inSystem(["up"], "daemonsets.apps", ["list", "watch"]),
    ...inSystem(["up"], "pods", ["list", "watch"]),
  ];
  return [
    ...made(ENI_CONFIGS),
    ...(given.has("installCrd")
      ? [...made(definitions), ...everywhere(["up"], definitions, ["list", "watch"])]
      : []),
    ...(given.has("daemonSet") ? patched : []),
    ...(given.has("newAddOn") ? inSystem(["preview", "up"], "serviceaccounts", ["get"], "aws-node") : []),
    ...(given.has("nodeClasses")
      ? everywhere(["preview", "up"], "ec2nodeclasses.karpenter.k8s.aws", ["get"])
      : []),
    ...inSystem(["up"], "configmaps", ["create"]),
  ];
}

function ofRotating(given: Given): KubernetesNeed[] {
  const leases = "leases.coordination.k8s.io";
  const deployments = "deployments.apps";
  return [
    ...everywhere(BOTH_WAYS, "nodes", ["get", "patch", "watch"]),
    ...everywhere(BOTH_WAYS, "pods", ["watch"]),
    ...everywhere(BOTH_WAYS, "pods/eviction", ["create"]),
    ...everywhere(BOTH_WAYS, "poddisruptionbudgets.policy", ["watch"]),
    // How many pods an owner wants by now.
    ...everywhere(BOTH_WAYS, "replicasets.apps", ["get"]),
    ...everywhere(BOTH_WAYS, "statefulsets.apps", ["get"]),
    ...everywhere(BOTH_WAYS, "volumeattachments.storage.k8s.io", ["list"]),
    ...inSystem(BOTH_WAYS, "pods", ["create", "delete", "get"]),
    ...inSystem(BOTH_WAYS, leases, ["create"]),
    ...inSystem(BOTH_WAYS, leases, ["update"], ROTATION_OBJECT),
    // rotate --pause.
    ...inSystem(["rotate"], leases, ["patch"], ROTATION_OBJECT),
    ...inSystem(["rollback"], leases, ["delete"], ROTATION_OBJECT),
    ...inSystem(BOTH_WAYS, "configmaps", ["create"]),
    ...inSystem(BOTH_WAYS, "configmaps", ["patch"], ROTATION_OBJECT),
    ...inSystem(["rollback"], "configmaps", ["delete"], ROTATION_OBJECT),
    ...inSystem(["rollback"], "configmaps", ["delete"], CNI_OBJECT),
    ...inSystem(BOTH_WAYS, "configmaps", ["patch"], HISTORY_OBJECT),
    ...inSystem(["rollback"], "configmaps", ["delete"], HISTORY_OBJECT),
    ...inSystem(["rollback"], "daemonsets.apps", ["update"], "aws-node"),
    ...(given.has("karpenter")
      ? everywhere(BOTH_WAYS, "nodeclaims.karpenter.sh", ["delete", "get", "list"])
      : []),
    // In whose subnets Karpenter makes nodes, on the way back.
    ...(given.has("karpenter")
      ? everywhere(["preview", "rollback"], "ec2nodeclasses.karpenter.k8s.aws", ["get"])
      : []),
    ...(given.has("lowerWarmTargets") ? inSystem(BOTH_WAYS, "daemonsets.apps", ["patch"], "aws-node") : []),
    ...(given.has("restartSingleReplicas")
      ? [
          ...everywhere(["preview"], deployments, ["list"]),
          ...everywhere(BOTH_WAYS, deployments, ["get", "list", "patch"]),
        ]
      : []),
    ...(given.has("healthGate")
      ? [deployments, "statefulsets.apps"].flatMap((resource) => everywhere(BOTH_WAYS, resource, ["list"]))
      : []),
  ];
}

/** What flags alone ask for. */
function ofAsked(given: Given): KubernetesNeed[] {
  const smoke: KubernetesNeed[] = [
    ...everywhere(["verify"], "namespaces", ["create", "delete", "get", "list"]),
    ...everywhere(["verify"], "deployments.apps", ["create"]),
  ];
  const controlPlane: KubernetesNeed[] = [
    ...inSystem(["up"], "deployments.apps", ["get"], "coredns"),
    ...inSystem(["up"], "pods", ["create", "delete", "get"]),
    ...inSystem(["up"], "pods/proxy", ["get"]),
  ];
  return [
    ...(given.has("smoke") ? smoke : []),
    // By WebSocket, which is get, and since Kubernetes 1.35 create as well.
    ...(given.has("deep") ? inSystem(["verify"], "pods/portforward", ["create", "get"]) : []),
    ...(given.has("controlPlane") ? controlPlane : []),
  ];
}

function everywhere(steps: readonly Step[], what: string, verbs: readonly string[]): KubernetesNeed[] {
  return verbs.map((verb) => ({ verb, ...resourceOf(what), steps }));
}

function inSystem(
  steps: readonly Step[],
  what: string,
  verbs: readonly string[],
  name?: string,
): KubernetesNeed[] {
  const place = { namespace: SYSTEM, ...(name !== undefined && { name }) };
  return verbs.map((verb) => ({ verb, ...resourceOf(what), ...place, steps }));
}

/** As kubectl names it: `daemonsets.apps`, `pods/eviction`. */
function resourceOf(what: string): Pick<KubernetesNeed, "group" | "resource" | "subresource"> {
  const [plural = "", subresource] = what.split("/");
  const [resource = "", ...group] = plural.split(".");
  return { group: group.join("."), resource, ...(subresource !== undefined && { subresource }) };
}
