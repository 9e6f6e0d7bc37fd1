import { KUBERNETES_VERSION } from "./eksOutside";

/** Versions of vpc-cni for the sandbox's Kubernetes, the newest first. */
export const VPC_CNI_VERSIONS = ["v1.23.1-eksbuild.1", "v1.22.4-eksbuild.3", "v1.21.1-eksbuild.8"] as const;
/** What CreateAddon takes when no version is given. */
export const VPC_CNI_DEFAULT_VERSION = VPC_CNI_VERSIONS[0];

/** Add-ons that EKS has for this Kubernetes, each with its type and versions, the newest first. */
const CATALOGUE = [
  { addonName: "vpc-cni", type: "networking", versions: VPC_CNI_VERSIONS, needsRole: true },
  {
    addonName: "kube-proxy",
    type: "networking",
    versions: [`v${KUBERNETES_VERSION}.1-eksbuild.2`, `v${KUBERNETES_VERSION}.0-eksbuild.1`],
    needsRole: false,
  },
  {
    addonName: "coredns",
    type: "networking",
    versions: ["v1.14.1-eksbuild.2", "v1.13.2-eksbuild.4"],
    needsRole: false,
  },
  {
    addonName: "eks-pod-identity-agent",
    type: "security",
    versions: ["v1.3.10-eksbuild.2", "v1.3.8-eksbuild.2"],
    needsRole: false,
  },
] as const;

/** As DescribeAddonVersions shows them. Only vpc-cni can be made here. */
export function describeAddOnVersions() {
  return CATALOGUE.map(({ addonName, type, versions, needsRole }) => ({
    addonName,
    type,
    owner: "aws",
    publisher: "eks",
    addonVersions: versions.map((addonVersion, index) => ({
      addonVersion,
      architecture: ["amd64", "arm64"],
      computeTypes: ["ec2"],
      compatibilities: [
        {
          clusterVersion: KUBERNETES_VERSION,
          platformVersions: ["*"],
          defaultVersion: index === 0,
        },
      ],
      requiresConfiguration: false,
      requiresIamPermissions: needsRole,
    })),
  }));
}
