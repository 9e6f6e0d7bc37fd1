import { DeleteNetworkInterfaceCommand } from "@aws-sdk/client-ec2";
import type { Tools } from "./outside";

/** The tag that the VPC CNI puts on the network interfaces that it makes for an instance. */
export const MADE_FOR_INSTANCE = "node.k8s.amazonaws.com/instance_id";

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
