import type { ResourceKind } from "./resourceKind";
import { addon } from "./resources/addon";
import { nodeGroup } from "./resources/nodeGroup";
import { routeTableAssociation } from "./resources/routeTableAssociation";
import { subnet } from "./resources/subnet";
import { tag } from "./resources/tag";
import { vpcIpv4CidrBlockAssociation } from "./resources/vpcIpv4CidrBlockAssociation";

/** Every resource of the aws plugin that the stand-in has. */
export const resources: readonly ResourceKind[] = [
  addon,
  nodeGroup,
  routeTableAssociation,
  subnet,
  tag,
  vpcIpv4CidrBlockAssociation,
];
