import type * as pulumi from "@pulumi/pulumi";
import type { Route } from "@pulumi/aws/ec2/route";
import {
  PodEgress,
  zonesWithOwnTable,
  type PodSubnetsRequest,
} from "../planning/podNetwork/podSubnetsRequest";
import type { PodSubnetsReview } from "../planning/podNetwork/podSubnetsReview";
import { podPlaceTags } from "../planning/podNetwork/podSubnetTags";
import { podRouteTables } from "./podEgress";
import type { PodSubnetsArgs } from "./podSubnetsArgs";

/** The way of a pod subnet out. */
export interface PodSubnetRoutes {
  /** Left out of a subnet that is taken over with its routes. */
  readonly routeTableId?: pulumi.Input<string>;
  /** The default route of a route table that was made for it. */
  readonly route?: Route;
}

/** The routes of each pod subnet: those that it names, else its own ones, else those of its zone's nodes. */
export function podSubnetRoutes(
  component: pulumi.ComponentResource,
  name: string,
  { clusterName, subnets, publicSubnetIds = {}, tags = {} }: PodSubnetsArgs,
  vpcId: pulumi.Output<string>,
  request: PodSubnetsRequest,
  { natSubnets, nodeRouteTables }: PodSubnetsReview,
): PodSubnetRoutes[] {
  const own = podRouteTables(component, name, {
    vpcId,
    zones: zonesWithOwnTable(request),
    isSingleNat: request.egress === PodEgress.SingleNat,
    publicSubnetIds,
    natSubnets,
    tagsOf: (zone) => ({ ...podPlaceTags(clusterName, ...(zone === undefined ? [] : [zone])), ...tags }),
  });
  return subnets.map(({ availabilityZone, routeTableId, adopt }) => {
    if (routeTableId !== undefined) return { routeTableId };
    if (adopt !== undefined) return {};
    const table = own.get(availabilityZone);
    if (table !== undefined) return { routeTableId: table.routeTable.id, route: table.route };
    const ofNodes = nodeRouteTables.get(availabilityZone);
    return ofNodes === undefined ? {} : { routeTableId: ofNodes };
  });
}
