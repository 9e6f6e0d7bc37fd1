import { RunError } from "@pulumi/pulumi";
import { readVpc } from "../../components/readVpc";
import { withoutTrace } from "../../components/withoutTrace";

/** Where the nodes of a zone are, as the VPC has it. */
export interface NodeZone {
  readonly availabilityZone: string;
  /** The table that is associated with their subnet, else the VPC's main one. */
  readonly routeTableId: string;
}

/**
 * Looks up the subnets for nodes.
 *
 * @throws RunError when the VPC has not all of them, or two are of one zone; otherwise what AWS answers.
 */
export async function nodeZones<Zone extends { readonly nodeSubnetId: string }>(
  vpcId: string,
  zones: readonly Zone[],
): Promise<(Zone & NodeZone)[]> {
  const { subnets } = await readVpc(vpcId);
  const firstOf = new Map<string, number>();
  return zones.map((zone, index) => {
    const { nodeSubnetId } = zone;
    const subnet = subnets.find(({ subnetId }) => subnetId === nodeSubnetId);
    const path = `zones[${index}].nodeSubnetId: ${nodeSubnetId}`;
    if (subnet === undefined) {
      const there = subnets.map(({ subnetId }) => subnetId).join(", ");
      throw withoutTrace(new RunError(`${path} is not a subnet of ${vpcId}. Give one of ${there}.`));
    }
    const { availabilityZone, routeTableId } = subnet;
    const first = firstOf.get(availabilityZone);
    if (first !== undefined)
      throw withoutTrace(
        new RunError(
          `${path} is in ${availabilityZone}, as that of zones[${first}] is. Give one subnet per zone.`,
        ),
      );
    firstOf.set(availabilityZone, index);
    return { ...zone, availabilityZone, routeTableId };
  });
}
