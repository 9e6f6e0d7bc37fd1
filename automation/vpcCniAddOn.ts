import {
  DescribeAddonCommand,
  paginateDescribeAddonVersions,
  ResourceNotFoundException,
  type Addon,
  type EKSClient,
} from "@aws-sdk/client-eks";

const ADD_ON = "vpc-cni";

/** What the add-on is asked with. */
export interface AddOnOutside {
  readonly eks: EKSClient;
  readonly signal: AbortSignal;
}

/** The managed add-on vpc-cni of a cluster; none where it has none. Needs eks:DescribeAddon. */
export async function describeVpcCni(
  clusterName: string,
  { eks, signal }: AddOnOutside,
): Promise<Addon | undefined> {
  try {
    const command = new DescribeAddonCommand({ clusterName, addonName: ADD_ON });
    return (await eks.send(command, { abortSignal: signal })).addon;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * The versions of the add-on vpc-cni that EKS has, the newest first. Needs eks:DescribeAddonVersions.
 *
 * @param kubernetesVersion that they are for, such as `1.36`; those for any where it is not known.
 */
export async function* vpcCniVersions(
  kubernetesVersion: string | undefined,
  { eks, signal }: AddOnOutside,
): AsyncGenerator<string, void, undefined> {
  const pages = paginateDescribeAddonVersions(
    { client: eks },
    { addonName: ADD_ON, ...(kubernetesVersion !== undefined && { kubernetesVersion }) },
    { abortSignal: signal },
  );
  for await (const { addons = [] } of pages) {
    for (const { addonVersions = [] } of addons) {
      for (const { addonVersion } of addonVersions) if (addonVersion !== undefined) yield addonVersion;
    }
  }
}
