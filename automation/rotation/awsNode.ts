import { fromEnv } from "../../planning/awsNode/env";
import { eniConfigChoice } from "../../planning/rotation/eniConfigChoice";
import type { ClusterNode } from "../../planning/rotation/observation";
import type { WarmTargets } from "../../planning/warmPool";
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
  /** How many addresses nodes keep beside those that pods use. */
  readonly warm: WarmTargets;
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
    warm: {
      warmEniTarget: settings.warmEniTarget,
      warmIpTarget: settings.warmIpTarget,
      minimumIpTarget: settings.minimumIpTarget,
      warmPrefixTarget: settings.warmPrefixTarget,
    },
    image: container.image,
  };
}

/** The name of the ENIConfig that ipamd takes on a node. */
export function eniConfigName(node: ClusterNode, awsNode: AwsNode): string {
  return eniConfigChoice(node, awsNode).name;
}
