import { ENI_CONFIG_LABEL } from "../awsNode/eniConfigKeys";
import { CLUSTER_TAG, type NodeGroupFacts, type TaintFacts } from "../podNetwork/clusterFacts";

/** The managed node group whose settings go for the workers where none are given. */
export interface WorkerSource {
  readonly group: NodeGroupFacts;
  /** Whether it is a group of these workers itself, which then stays as it is; otherwise it is the one of `like`. */
  readonly isOwn: boolean;
}

/** What a worker group takes over from a managed node group. */
export interface CopiedSettings {
  readonly instanceTypes: readonly string[];
  /** None where the group has an image of its own. */
  readonly amiType?: string;
  readonly capacityType?: string;
  /** In GiB; none where a launch template says it. */
  readonly diskSize?: number;
  readonly nodeRoleArn: string;
  readonly maxSize: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
  readonly tags: Readonly<Record<string, string>>;
  /** What a person should know of the copy. */
  readonly notes: readonly string[];
}

/**
 * What of a managed node group goes for another one as well.
 *
 * Tags and labels by which AWS, EKS and eksctl recognise their own things are left out: with them, `eksctl drain
 * nodegroup` of the old group would drain the new one too. So is the label of an ENIConfig, which has another value in
 * each zone and is for `eniConfig` to say. Images of Amazon Linux 2, which AWS no longer supports,
 * become those of Amazon Linux 2023 of the same architecture and accelerator.
 */
export function copiedSettings({ group, isOwn }: WorkerSource): CopiedSettings {
  const { amiType, capacityType, diskSize, instanceTypes, nodeRoleArn, maxSize, taints } = group;
  const ofEks = amiType === "" || amiType === "CUSTOM" ? undefined : amiType;
  const today = isOwn || ofEks === undefined ? ofEks : imageTypeOfToday(ofEks, instanceTypes);
  return {
    instanceTypes,
    ...(today !== undefined && { amiType: today }),
    ...(capacityType !== "" && { capacityType }),
    ...(diskSize !== undefined && diskSize > 0 && { diskSize }),
    nodeRoleArn,
    maxSize,
    labels: without(group.labels, (key) => RESERVED_LABELS.test(key) || key === ENI_CONFIG_LABEL),
    taints,
    tags: without(group.tags, (key) => RESERVED_TAGS.test(key) || key === CLUSTER_TAG),
    notes:
      today === undefined || today === amiType
        ? []
        : [
            `${group.nodeGroupName} has images of Amazon Linux 2 (${amiType}), which AWS no longer supports; the new nodes have ${today}.`,
          ],
  };
}

/** Of AWS itself (CloudFormation's are among them, and nobody may set them), of EKS and of eksctl. */
const RESERVED_TAGS = /^(aws|eks):|^(alpha\.)?eksctl\.(cluster\.k8s\.)?io\//;
const RESERVED_LABELS = /^eks\.amazonaws\.com\/|^alpha\.eksctl\.io\//;

/** The image type that takes the place of one. */
function imageTypeOfToday(amiType: string, instanceTypes: readonly string[]): string {
  switch (amiType) {
    case "AL2_x86_64":
      return "AL2023_x86_64_STANDARD";
    case "AL2_ARM_64":
      return "AL2023_ARM_64_STANDARD";
    // One type of AL2 for both accelerators.
    case "AL2_x86_64_GPU":
      return instanceTypes.some((type) => /^(inf|trn)\d/.test(type))
        ? "AL2023_x86_64_NEURON"
        : "AL2023_x86_64_NVIDIA";
    default:
      return amiType;
  }
}

function without(
  given: Readonly<Record<string, string>>,
  isLeftOut: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !isLeftOut(key)));
}
