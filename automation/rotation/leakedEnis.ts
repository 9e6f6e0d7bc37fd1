import { DeleteNetworkInterfaceCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { listed } from "../../planning/amounts";
import type { ActingTools, Tools } from "./outside";

/** The tag that the VPC CNI puts on the network interfaces that it makes for an instance. */
export const MADE_FOR_INSTANCE = "node.k8s.amazonaws.com/instance_id";

/** The network interfaces that the CNI has made for an instance, by their ids. */
export interface EnisOfInstance {
  readonly attached: readonly string[];
  /** Of an instance that has ended: it left them behind. */
  readonly leaked: readonly string[];
}

/** Finds the network interfaces that the CNI has made for an instance. Needs ec2:DescribeNetworkInterfaces. */
export async function enisMadeFor(
  { ec2, signal }: Pick<Tools, "ec2" | "signal">,
  instanceId: string,
): Promise<EnisOfInstance> {
  const Filters = [{ Name: `tag:${MADE_FOR_INSTANCE}`, Values: [instanceId] }];
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }), {
    abortSignal: signal,
  });
  const idsOf = (isLeaked: boolean) =>
    NetworkInterfaces.filter(({ Status }) => (Status === "available") === isLeaked).map(
      ({ NetworkInterfaceId = "" }) => NetworkInterfaceId,
    );
  return { attached: idsOf(false), leaked: idsOf(true) };
}

/** Why a node that is gone is not gone wholly. */
export function stillAttached(eniIds: readonly string[]): string {
  return `network interfaces ${listed(eniIds)} are still attached`;
}

/**
 * Tells of network interfaces that a node has left behind, or removes them; one that can't be removed is told of as well.
 * Needs ec2:DeleteNetworkInterface to remove them.
 *
 * @param atOnceBy what removes them later, as it is told. @default the flag of a rotation
 * @throws LeaseLostError; the signal's reason.
 */
export async function dealWithLeaked(
  tools: ActingTools,
  node: string,
  eniIds: readonly string[],
  removes: boolean,
  atOnceBy = "--remove-leaked-enis",
): Promise<void> {
  const { emit, lease, signal } = tools;
  if (eniIds.length === 0) return;
  if (!removes) {
    const note = `${node} left ${listed(eniIds)} behind, which take addresses and keep their subnets from being deleted. aws-node of another node removes them in a while, unless that is switched off; ${atOnceBy} does so at once.`;
    emit({ type: "note", note });
    return;
  }
  for (const eniId of eniIds) {
    await lease.assertHeld();
    try {
      if (await removeLeakedEni(tools, eniId)) emit({ type: "eniRemoved", node, eniId });
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      const note = `${eniId}, which ${node} left behind, could not be removed: ${why}. Remove it: it takes addresses and keeps its subnet from being deleted.`;
      emit({ type: "note", note });
    }
  }
}

/**
 * Removes a network interface that the CNI has left behind. Needs ec2:DeleteNetworkInterface.
 *
 * @returns whether it was there; aws-node of another node may be faster.
 */
export async function removeLeakedEni({ ec2 }: Pick<Tools, "ec2">, eniId: string): Promise<boolean> {
  try {
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eniId }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidNetworkInterfaceID.NotFound") return false;
    throw error;
  }
}
