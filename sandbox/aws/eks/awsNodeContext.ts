/** What the add-on's objects depend on besides its values. */
export interface AwsNodeContext {
  readonly clusterName: string;
  readonly server: string;
  readonly vpcId: string;
  readonly region: string;
  /** Such as v1.23.1-eksbuild.1. */
  readonly addOnVersion: string;
  readonly serviceAccountRoleArn: string | undefined;
}

/** The labels of everything that the add-on makes. */
export function objectLabels({ addOnVersion }: AwsNodeContext): Record<string, string> {
  return {
    "app.kubernetes.io/name": "aws-node",
    "app.kubernetes.io/instance": "aws-vpc-cni",
    "k8s-app": "aws-node",
    "app.kubernetes.io/version": addOnVersion.split("-")[0] ?? addOnVersion,
  };
}

/** Where the add-on lives. */
export const ADD_ON_NAMESPACE = "kube-system";

/** Metadata of the objects that are called as the DaemonSet. */
export function place(labels: Readonly<Record<string, string>>) {
  return { name: "aws-node", namespace: ADD_ON_NAMESPACE, labels: { ...labels } };
}
