import { paginateDescribeNetworkInterfaces, type NetworkInterface } from "@aws-sdk/client-ec2";
import { listed } from "../../planning/amounts";
import { MADE_FOR_INSTANCE, removeLeakedEni } from "../rotation/leakedEnis";
import type { ActingTools, Tools } from "../rotation/outside";
import { RotationStopped } from "../rotation/result";

const BETWEEN_LOOKS_MS = 2_000;

/**
 * Waits until no network interface is in subnets that are to be deleted. Those that the CNI made and left behind are
 * removed, the lease read right before: their instance is gone, and EC2 deletes no subnet with one in it.
 *
 * Needs ec2:DescribeNetworkInterfaces, ec2:DeleteNetworkInterface.
 *
 * @throws RotationStopped when others stay longer than the timeout.
 */
export async function clearPodSubnets(
  tools: ActingTools,
  subnetIds: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const { clock, signal } = tools;
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    const enis = await enisIn(tools, subnetIds);
    if (enis.length === 0) return;
    const leaked = enis.filter(isLeaked);
    for (const { NetworkInterfaceId = "" } of leaked) {
      await tools.lease.assertHeld();
      await removeLeakedEni(tools, NetworkInterfaceId);
    }
    if (leaked.length === enis.length) return;
    if (clock.now() > deadline) throw stillUsed(enis.filter((eni) => !isLeaked(eni)));
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

async function enisIn({ ec2, signal }: Tools, subnetIds: readonly string[]): Promise<NetworkInterface[]> {
  if (subnetIds.length === 0) return [];
  const found: NetworkInterface[] = [];
  const Filters = [{ Name: "subnet-id", Values: [...subnetIds] }];
  const pages = paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters }, { abortSignal: signal });
  for await (const { NetworkInterfaces = [] } of pages) found.push(...NetworkInterfaces);
  return found;
}

/** Made by the CNI, and attached to nothing. */
function isLeaked({ Status, TagSet = [] }: NetworkInterface): boolean {
  return Status === "available" && TagSet.some(({ Key }) => Key === MADE_FOR_INSTANCE);
}

function stillUsed(enis: readonly NetworkInterface[]): RotationStopped {
  const names = enis.map(
    ({ NetworkInterfaceId = "", SubnetId = "", Description = "" }) =>
      `${NetworkInterfaceId} in ${SubnetId} (${Description === "" ? "no description" : Description})`,
  );
  return new RotationStopped({
    path: "podSubnets",
    reason: `there are network interfaces in them that are not of the CNI, or still attached: ${listed(names)}.`,
    fix: "Remove what they belong to, then run podnet rollback again, which goes on from here.",
  });
}
