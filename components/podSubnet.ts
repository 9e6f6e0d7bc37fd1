import * as pulumi from "@pulumi/pulumi";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { SubnetCidrReservation } from "@pulumi/aws/ec2/subnetCidrReservation";
import { prefixReservations } from "../planning/prefixReservations";
import type { PodSubnetRoutes } from "./podSubnetRoutes";
import type { PodSubnet, PodSubnetInfo } from "./podSubnetsArgs";

/** What a pod subnet is made of besides its own arguments. */
export interface PodSubnetParts {
  readonly vpcId: pulumi.Output<string>;
  readonly cidrBlock: pulumi.Input<string>;
  readonly tags: Record<string, pulumi.Input<string>>;
  readonly routes: PodSubnetRoutes;
  readonly hasPrefixReservations: boolean;
}

/** Makes a pod subnet with its routes and reservations, or takes it over. */
export function podSubnet(
  component: pulumi.ComponentResource,
  name: string,
  { availabilityZone, group, adopt, cidrBlock: given }: PodSubnet,
  { vpcId, cidrBlock, tags, routes, hasPrefixReservations }: PodSubnetParts,
): pulumi.Output<PodSubnetInfo> {
  const resourceName = [name, availabilityZone, ...(group === undefined ? [] : [group])].join("-");
  const subnet = new Subnet(
    resourceName,
    { vpcId, availabilityZone, cidrBlock, tags },
    { parent: component, ...(adopt !== undefined && { import: adopt }) },
  );
  const { routeTableId, route } = routes;
  const later: pulumi.Resource[] = [];
  if (routeTableId !== undefined) {
    later.push(
      new RouteTableAssociation(resourceName, { subnetId: subnet.id, routeTableId }, { parent: component }),
    );
  }
  if (route !== undefined) later.push(route);
  if (hasPrefixReservations && typeof given === "string") {
    later.push(
      ...prefixReservations(given).cidrs.map((cidr) => reservation(component, resourceName, subnet, cidr)),
    );
  }
  // A URN is known in a preview, unlike an id, and comes when the resource is there: who has the subnet has its routes.
  return pulumi
    .all([subnet.id, cidrBlock, pulumi.all(later.map(({ urn }) => urn))])
    .apply(([subnetId, block]) => ({
      availabilityZone,
      subnetId,
      cidrBlock: block,
      ...(group !== undefined && { group }),
    }));
}

function reservation(
  component: pulumi.ComponentResource,
  resourceName: string,
  subnet: Subnet,
  cidrBlock: string,
): SubnetCidrReservation {
  return new SubnetCidrReservation(
    `${resourceName}-${cidrBlock.replace("/", "-")}`,
    { subnetId: subnet.id, cidrBlock, reservationType: "prefix" },
    { parent: component },
  );
}
