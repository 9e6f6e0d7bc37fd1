import type { ResourceKind } from "./resourceKind";
import { addon } from "./resources/addon";
import { eip } from "./resources/eip";
import { fargateProfile } from "./resources/fargateProfile";
import { group } from "./resources/group";
import { launchTemplate } from "./resources/launchTemplate";
import { natGateway } from "./resources/natGateway";
import { nodeGroup } from "./resources/nodeGroup";
import { route } from "./resources/route";
import { routeTable } from "./resources/routeTable";
import { routeTableAssociation } from "./resources/routeTableAssociation";
import { subnet } from "./resources/subnet";
import { subnetCidrReservation } from "./resources/subnetCidrReservation";
import { tag } from "./resources/tag";
import { vpcIpv4CidrBlockAssociation } from "./resources/vpcIpv4CidrBlockAssociation";

/** Every resource of the aws plugin that the stand-in has. */
export const resources: readonly ResourceKind[] = [
  addon,
  eip,
  fargateProfile,
  group,
  launchTemplate,
  natGateway,
  nodeGroup,
  route,
  routeTable,
  routeTableAssociation,
  subnet,
  subnetCidrReservation,
  tag,
  vpcIpv4CidrBlockAssociation,
];
