import type { AwsFunction } from "./awsFunction";
import { getAddon } from "./functions/getAddon";
import { getAddonVersion } from "./functions/getAddonVersion";
import { getAmiIds } from "./functions/getAmiIds";
import { getAvailabilityZones } from "./functions/getAvailabilityZones";
import { getCallerIdentity } from "./functions/getCallerIdentity";
import { getCluster } from "./functions/getCluster";
import { getDefaultTags } from "./functions/getDefaultTags";
import { getGroup } from "./functions/getGroup";
import { getInstance } from "./functions/getInstance";
import { getInstances } from "./functions/getInstances";
import { getLaunchTemplate } from "./functions/getLaunchTemplate";
import { getNetworkInterface } from "./functions/getNetworkInterface";
import { getNetworkInterfaces } from "./functions/getNetworkInterfaces";
import { getNodeGroup } from "./functions/getNodeGroup";
import { getNodeGroups } from "./functions/getNodeGroups";
import { getRegion } from "./functions/getRegion";
import { getRouteTable } from "./functions/getRouteTable";
import { getRouteTables } from "./functions/getRouteTables";
import { getSubnet } from "./functions/getSubnet";
import { getSubnets } from "./functions/getSubnets";
import { getVpc } from "./functions/getVpc";
import { getVpcPeeringConnection } from "./functions/getVpcPeeringConnection";
import { getVpcPeeringConnections } from "./functions/getVpcPeeringConnections";

/** Every function of the aws plugin that the stand-in has. */
export const functions: readonly AwsFunction[] = [
  getAddon,
  getAddonVersion,
  getAmiIds,
  getAvailabilityZones,
  getCallerIdentity,
  getCluster,
  getDefaultTags,
  getGroup,
  getInstance,
  getInstances,
  getLaunchTemplate,
  getNetworkInterface,
  getNetworkInterfaces,
  getNodeGroup,
  getNodeGroups,
  getRegion,
  getRouteTable,
  getRouteTables,
  getSubnet,
  getSubnets,
  getVpc,
  getVpcPeeringConnection,
  getVpcPeeringConnections,
];
