import type { AwsFunction } from "./awsFunction";
import { getAddon } from "./functions/getAddon";
import { getAvailabilityZones } from "./functions/getAvailabilityZones";
import { getCallerIdentity } from "./functions/getCallerIdentity";
import { getCluster } from "./functions/getCluster";
import { getNodeGroup } from "./functions/getNodeGroup";
import { getNodeGroups } from "./functions/getNodeGroups";
import { getRegion } from "./functions/getRegion";
import { getRouteTable } from "./functions/getRouteTable";
import { getRouteTables } from "./functions/getRouteTables";
import { getSubnet } from "./functions/getSubnet";
import { getSubnets } from "./functions/getSubnets";
import { getVpc } from "./functions/getVpc";

/** Every function of the aws plugin that the stand-in has. */
export const functions: readonly AwsFunction[] = [
  getAddon,
  getAvailabilityZones,
  getCallerIdentity,
  getCluster,
  getNodeGroup,
  getNodeGroups,
  getRegion,
  getRouteTable,
  getRouteTables,
  getSubnet,
  getSubnets,
  getVpc,
];
