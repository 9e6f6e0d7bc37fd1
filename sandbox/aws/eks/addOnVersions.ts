import { KUBERNETES_VERSION } from "./eksOutside";

/** Versions of vpc-cni for the sandbox's Kubernetes, the newest first. */
export const VPC_CNI_VERSIONS = ["v1.23.1-eksbuild.1", "v1.22.4-eksbuild.3", "v1.21.1-eksbuild.8"] as const;
/** What CreateAddon takes when no version is given. */
export const VPC_CNI_DEFAULT_VERSION = VPC_CNI_VERSIONS[0];

/** As DescribeAddonVersions shows them. */
export function describeVpcCniVersions() {
  return {
    addonName: "vpc-cni",
    type: "networking",
    owner: "aws",
    publisher: "eks",
    addonVersions: VPC_CNI_VERSIONS.map((addonVersion) => ({
      addonVersion,
      architecture: ["amd64", "arm64"],
      computeTypes: ["ec2"],
      compatibilities: [
        {
          clusterVersion: KUBERNETES_VERSION,
          platformVersions: ["*"],
          defaultVersion: addonVersion === VPC_CNI_DEFAULT_VERSION,
        },
      ],
      requiresConfiguration: false,
      requiresIamPermissions: true,
    })),
  };
}
