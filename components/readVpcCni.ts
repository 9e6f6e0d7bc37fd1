import type * as pulumi from "@pulumi/pulumi";
import { getAddon } from "@pulumi/aws/eks/getAddon";
import type { VpcCniFacts } from "../planning/podNetwork/clusterFacts";

/** The managed add-on vpc-cni, and where it is. */
export interface ReadVpcCni extends VpcCniFacts {
  readonly region: string;
}

/**
 * Reads the managed add-on vpc-cni of a cluster. Needs the IAM action eks:DescribeAddon.
 *
 * @param opts for a provider of one's own.
 * @returns nothing where aws-node is self-managed.
 * @throws what AWS answers otherwise.
 */
export async function readVpcCni(
  clusterName: string,
  opts?: pulumi.InvokeOptions,
): Promise<ReadVpcCni | undefined> {
  const addOn = await getAddon({ clusterName, addonName: "vpc-cni" }, opts).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  if (addOn === undefined) return undefined;
  return {
    region: addOn.region,
    version: addOn.addonVersion,
    configurationValues: addOn.configurationValues,
    podIdentityAssociations: addOn.podIdentityAssociations.map(({ serviceAccount, roleArn }) => ({
      serviceAccount,
      roleArn,
    })),
    tags: addOn.tags,
    ...(addOn.serviceAccountRoleArn !== "" && { serviceAccountRoleArn: addOn.serviceAccountRoleArn }),
  };
}

/** The provider hands on EKS's words, or says that it found nothing. */
export function isNotFound(error: unknown): boolean {
  return /ResourceNotFound|couldn't find resource|No addon/i.test(String(error));
}
