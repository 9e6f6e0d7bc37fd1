import { fromEnv } from "../../planning/awsNode/env";
import type { ClusterNode } from "../../planning/rotation/observation";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import type { Kubernetes } from "../kubernetes";
import { RotationError } from "./rotationError";

/** How aws-node is set in the cluster, as far as it decides about nodes. */
export interface AwsNode {
  /** AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG. */
  readonly customNetworking: boolean;
  readonly prefixDelegation: boolean;
  readonly maxEni: number | undefined;
  /** Key of the node label that names the ENIConfig. */
  readonly eniConfigLabel: string;
  /** Key of the node annotation that names it, and wins over the label. */
  readonly eniConfigAnnotation: string;
  /** Image of the container aws-node. */
  readonly image: string;
}

const DEFAULT_ENI_CONFIG_KEY = "k8s.amazonaws.com/eniConfig";

/** Reads the DaemonSet aws-node. @throws KubernetesError; RotationError */
export async function readAwsNode(kubernetes: Kubernetes): Promise<AwsNode> {
  const container = containerOf(await getAwsNode(kubernetes), "aws-node");
  if (container === undefined) {
    throw new RotationError(
      "DaemonSet kube-system/aws-node has no container aws-node",
      "It must be that of the add-on vpc-cni; see kubectl get daemonset aws-node -n kube-system -o yaml.",
    );
  }
  const { settings } = fromEnv(envOf(container));
  // An empty text means the default as well (ipamd).
  const key = (given: string | undefined) =>
    given === undefined || given === "" ? DEFAULT_ENI_CONFIG_KEY : given;
  return {
    customNetworking: settings.customNetworking ?? false,
    prefixDelegation: settings.prefixDelegation ?? false,
    maxEni: settings.maxEni,
    eniConfigLabel: key(settings.eniConfigLabelDef),
    eniConfigAnnotation: key(settings.eniConfigAnnotationDef),
    image: container.image,
  };
}

/**
 * The name of the ENIConfig that ipamd takes on a node; the first that is set wins (aws/amazon-vpc-cni-k8s,
 * pkg/eniconfig/eniconfig.go).
 */
export function eniConfigName({ labels, annotations }: ClusterNode, awsNode: AwsNode): string {
  return (
    labels["vpc.amazonaws.com/externalEniConfig"] ??
    annotations[awsNode.eniConfigAnnotation] ??
    labels[awsNode.eniConfigLabel] ??
    "default"
  );
}
