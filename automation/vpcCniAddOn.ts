import {
  DescribeAddonCommand,
  DescribeUpdateCommand,
  paginateDescribeAddonVersions,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateAddonCommand,
  type Addon,
  type EKSClient,
} from "@aws-sdk/client-eks";
import type { Clock } from "./clock";

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

/** EKS could not configure the add-on. */
export class AddOnError extends Error {
  override readonly name = "AddOnError";
  readonly fix = "Look at it: aws eks describe-addon --addon-name vpc-cni; then run the same again.";
}

const TIMEOUT_MS = 900_000;
const BETWEEN_LOOKS_MS = 1_000;

/**
 * Gives the add-on vpc-cni this configuration in the place of its own, and waits until EKS has done so. What others set on
 * the DaemonSet goes back to EKS's defaults. Where another update is running, it is waited for.
 *
 * Needs eks:UpdateAddon, eks:DescribeUpdate.
 *
 * @throws AddOnError when EKS can't do it, or takes longer than 15 minutes; what EKS answers; the signal's reason.
 */
export async function configureVpcCni(
  clusterName: string,
  configurationValues: string,
  { eks, clock, signal }: AddOnOutside & { readonly clock: Clock },
): Promise<void> {
  const deadline = clock.now() + TIMEOUT_MS;
  const pause = async () => {
    if (clock.now() > deadline) throw new AddOnError(`EKS did not configure ${ADD_ON} within 15 minutes`);
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  };
  const ask = async (): Promise<string | undefined> => {
    try {
      const command = new UpdateAddonCommand({
        clusterName,
        addonName: ADD_ON,
        configurationValues,
        resolveConflicts: "OVERWRITE",
      });
      return (await eks.send(command)).update?.id ?? "";
    } catch (error) {
      if (error instanceof ResourceInUseException) return undefined;
      throw error;
    }
  };
  let updateId = await ask();
  while (updateId === undefined) {
    await pause();
    updateId = await ask();
  }
  for (;;) {
    const command = new DescribeUpdateCommand({ name: clusterName, addonName: ADD_ON, updateId });
    const { update } = await eks.send(command, { abortSignal: signal });
    if (update?.status === "Successful") return;
    if (update?.status === "Failed" || update?.status === "Cancelled") {
      const why = (update.errors ?? []).map(({ errorMessage = "" }) => errorMessage).join("; ");
      throw new AddOnError(`EKS could not configure ${ADD_ON}: ${why}`);
    }
    await pause();
  }
}
