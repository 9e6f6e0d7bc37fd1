import type { KubernetesObject } from "@kubernetes/client-node";
import { ADD_ON_NAMESPACE, objectLabels, place, type AwsNodeContext } from "./awsNodeContext";
import { awsNodeDaemonSet } from "./awsNodeDaemonSet";
import type { VpcCniValues } from "./configurationValues";
import { cniNodeDefinition, eniConfigDefinition } from "./customResources";

/** The objects of the vpc-cni add-on, as its chart makes them; custom resource definitions first. */
export function awsNodeObjects(values: VpcCniValues, context: AwsNodeContext): KubernetesObject[] {
  const labels = objectLabels(context);
  return [
    eniConfigDefinition(labels),
    cniNodeDefinition(labels),
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        ...place(labels),
        ...(context.serviceAccountRoleArn === undefined
          ? {}
          : { annotations: { "eks.amazonaws.com/role-arn": context.serviceAccountRoleArn } }),
      },
    },
    ...accessRules(labels),
    configMap(values, labels),
    awsNodeDaemonSet(values, context),
    ...eniConfigs(values, labels),
  ].map((object) => object as KubernetesObject);
}

/** The ENIConfigs that the values ask for. */
function eniConfigs(values: VpcCniValues, labels: Readonly<Record<string, string>>): KubernetesObject[] {
  if (values.eniConfig?.create !== true) return [];
  return Object.entries(values.eniConfig.subnets).map(([name, { id, securityGroups }]) => ({
    apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
    kind: "ENIConfig",
    metadata: { name, labels: { ...labels } },
    spec: { subnet: id, ...(securityGroups === undefined ? {} : { securityGroups }) },
  }));
}

function configMap(values: VpcCniValues, labels: Readonly<Record<string, string>>): object {
  const data: Record<string, string | undefined> = {
    "branch-eni-cooldown": String(values.branchENICooldown ?? 60),
    "enable-network-policy-controller": values.enableNetworkPolicy ?? "false",
    "enable-windows-ipam": values.enableWindowsIpam ?? "false",
    "enable-windows-prefix-delegation": values.enableWindowsPrefixDelegation ?? "false",
    "minimum-ip-target": values.minimumWindowsIPTarget?.toString() ?? "3",
    "warm-ip-target": values.warmWindowsIPTarget?.toString() ?? "1",
    "warm-prefix-target": values.warmWindowsPrefixTarget?.toString() ?? "0",
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "amazon-vpc-cni", namespace: ADD_ON_NAMESPACE, labels: { ...labels } },
    data,
  };
}

function accessRules(labels: Readonly<Record<string, string>>): object[] {
  const read = ["list", "watch", "get"];
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "aws-node", labels: { ...labels } },
      rules: [
        { apiGroups: ["crd.k8s.amazonaws.com"], resources: ["eniconfigs"], verbs: read },
        { apiGroups: [""], resources: ["namespaces"], verbs: read },
        { apiGroups: [""], resources: ["pods"], verbs: read },
        { apiGroups: [""], resources: ["nodes"], verbs: read },
        { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch", "list"] },
        { apiGroups: ["vpcresources.k8s.aws"], resources: ["cninodes"], verbs: [...read, "patch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "aws-node", labels: { ...labels } },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "aws-node" },
      subjects: [{ kind: "ServiceAccount", name: "aws-node", namespace: ADD_ON_NAMESPACE }],
    },
  ];
}
