import type { ResourceChange } from "../stack/resourceChange";
import { danger, protection, textOrUnknown, type Danger } from "./danger";

const SUBNET = "aws:ec2/subnet:Subnet";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

/**
 * Subnets that stay and lose the association with their route table: from then on they have the main one of the VPC
 * (VPC user guide, "Subnet route tables"), which may know no way out.
 *
 * Where a subnet goes, its association goes along, which is told of the subnet; in the program both have one name.
 */
export function lostRoutes(changes: readonly ResourceChange[]): Danger[] {
  const gone = changes.filter(({ type, operation }) => type === SUBNET && operation === "delete");
  return changes
    .filter(({ type, operation }) => type === ASSOCIATION && operation === "delete")
    .filter(({ name }) => !gone.some((subnet) => subnet.name === name))
    .map((change) => {
      const { subnetId, routeTableId } = change.before ?? {};
      return danger("ROUTES-LOST", change, {
        title: `takes the route table ${textOrUnknown(routeTableId)} from the subnet ${textOrUnknown(subnetId)}`,
        evidence: [
          "It has the main route table of the VPC from then on, by which its pods may reach nothing outside, and answer nobody.",
          ...protection(change),
        ],
        wayOut: "Keep the association, or give it another route table: that is no loss.",
      });
    });
}
