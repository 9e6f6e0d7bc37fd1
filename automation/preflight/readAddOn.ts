import { DescribePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import { isNotSeen } from "../../planning/preflight/finding";
import type { AddOnState } from "../../planning/preflight/picture";
import type { VpcCniFacts } from "../../planning/podNetwork/clusterFacts";
import { describeVpcCni, vpcCniVersions, type AddOnOutside } from "../vpcCniAddOn";
import { seen } from "./seen";

/**
 * Reads the managed add-on vpc-cni of a cluster, and the newest version that EKS has of it. Needs eks:DescribeAddon;
 * the version is left out where eks:DescribeAddonVersions is not allowed.
 *
 * @param kubernetesVersion of the cluster, such as `1.36`.
 */
export async function readAddOn(
  outside: AddOnOutside,
  clusterName: string,
  kubernetesVersion: string,
): Promise<AddOnState> {
  const [addOn, newest] = await Promise.all([
    readVpcCni(outside, clusterName),
    seen("the versions of the add-on", () => newestVersion(outside, kubernetesVersion)),
  ]);
  return { addOn, newestVersion: isNotSeen(newest) ? undefined : newest };
}

async function readVpcCni(
  { eks, signal }: AddOnOutside,
  clusterName: string,
): Promise<VpcCniFacts | undefined> {
  const addon = await describeVpcCni(clusterName, { eks, signal });
  if (addon === undefined) return undefined;
  const roles = await Promise.all(
    (addon.podIdentityAssociations ?? []).map((arn) => readPodIdentity({ eks, signal }, clusterName, arn)),
  );
  return {
    version: addon.addonVersion ?? "",
    configurationValues: addon.configurationValues ?? "",
    ...(addon.serviceAccountRoleArn !== undefined && { serviceAccountRoleArn: addon.serviceAccountRoleArn }),
    podIdentityAssociations: roles,
    tags: addon.tags ?? {},
  };
}

async function readPodIdentity({ eks, signal }: AddOnOutside, clusterName: string, arn: string) {
  const associationId = arn.split("/").at(-1) ?? "";
  const { association } = await eks.send(
    new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
    { abortSignal: signal },
  );
  return { serviceAccount: association?.serviceAccount ?? "", roleArn: association?.roleArn ?? "" };
}

async function newestVersion(outside: AddOnOutside, kubernetesVersion: string): Promise<string | undefined> {
  for await (const version of vpcCniVersions(kubernetesVersion, outside)) return version;
  return undefined;
}
