import { KUBERNETES_VERSION } from "./eksOutside";

/** The AMI types that the sandbox's nodes can be of; a template with an AMI of its own makes the type CUSTOM. */
export const AMI_TYPES = [
  "AL2023_x86_64_STANDARD",
  "AL2023_ARM_64_STANDARD",
  "BOTTLEROCKET_x86_64",
  "BOTTLEROCKET_ARM_64",
] as const;

/** The type of a group whose launch template names an AMI. */
export const CUSTOM_AMI = "CUSTOM";

/** What EKS takes when no type is given. */
export function defaultAmiType(arm: boolean): (typeof AMI_TYPES)[number] {
  return arm ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

/** Whether instances of ARM belong to a type. */
export function isArm(amiType: string): boolean {
  return amiType.includes("ARM_64");
}

/** Whether a type's nodes run Bottlerocket, and not Amazon Linux. */
export function isBottlerocket(amiType: string): boolean {
  return amiType.startsWith("BOTTLEROCKET_");
}

/** The AMI of a type: its name, and what it says of itself. */
export function imageOf(amiType: string): { readonly name: string; readonly description: string } {
  const architecture = isArm(amiType) ? "arm64" : "x86_64";
  if (isBottlerocket(amiType)) {
    const cpu = isArm(amiType) ? "aarch64" : "x86_64";
    return {
      name: `bottlerocket-aws-k8s-${KUBERNETES_VERSION}-${cpu}-v${BOTTLEROCKET_VERSION}`,
      description: `bottlerocket-aws-k8s-${KUBERNETES_VERSION}-${cpu}-v${BOTTLEROCKET_VERSION}`,
    };
  }
  return {
    name: `amazon-eks-node-al2023-${architecture}-standard-${KUBERNETES_VERSION}-v20261101`,
    description: "EKS-optimized Kubernetes node based on Amazon Linux 2023",
  };
}

/** The release of a type's AMI; of an AMI of one's own it is its id. */
export function releaseOf(amiType: string, imageId: string): string {
  if (amiType === CUSTOM_AMI) return imageId;
  return isBottlerocket(amiType) ? BOTTLEROCKET_VERSION : `${KUBERNETES_VERSION}.1-20261101`;
}

const BOTTLEROCKET_VERSION = "1.50.0-6f2a1c9e";
