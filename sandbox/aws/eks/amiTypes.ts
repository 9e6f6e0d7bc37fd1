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

/** The releases of a type's AMI, the newest first. */
export function releasesOf(amiType: string): readonly string[] {
  return isBottlerocket(amiType) ? BOTTLEROCKET_RELEASES : AL2023_RELEASES;
}

/** The AMI of a type in one of its releases: its name, and what it says of itself. */
export function imageOf(
  amiType: string,
  release: string,
): { readonly name: string; readonly description: string } {
  if (isBottlerocket(amiType)) {
    const cpu = isArm(amiType) ? "aarch64" : "x86_64";
    const name = `bottlerocket-aws-k8s-${KUBERNETES_VERSION}-${cpu}-v${release}`;
    return { name, description: name };
  }
  const architecture = isArm(amiType) ? "arm64" : "x86_64";
  const [, date = ""] = release.split("-");
  return {
    name: `amazon-eks-node-al2023-${architecture}-standard-${KUBERNETES_VERSION}-v${date}`,
    description: "EKS-optimized Kubernetes node based on Amazon Linux 2023",
  };
}

const AL2023_RELEASES = [`${KUBERNETES_VERSION}.1-20261101`, `${KUBERNETES_VERSION}.1-20261015`] as const;
const BOTTLEROCKET_RELEASES = ["1.50.0-6f2a1c9e", "1.49.0-713f44ce"] as const;
