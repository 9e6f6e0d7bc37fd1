import { awsNodeFactsOf } from "../awsNode/liveDaemonSet";
import type { ClusterFacts, VpcPeerFacts } from "../podNetwork/clusterFacts";
import { isNotSeen, type NotSeen } from "./finding";
import type { Picture } from "./picture";

/** The parts of a picture that the planning of a pod network looks at. */
export type PlannedFrom = Pick<
  Picture,
  | "controlPlane"
  | "vpc"
  | "routeTables"
  | "subnets"
  | "instances"
  | "nodeGroups"
  | "scalingGroups"
  | "vpcCni"
  | "awsNode"
>;

/**
 * What planning is told of a cluster, of the parts of a picture; or why that can't be said. How aws-node is set may be
 * unknown: what the add-on is configured with tells enough then.
 *
 * @param region in which it is.
 */
export function clusterFacts(
  {
    controlPlane,
    vpc,
    routeTables,
    subnets,
    instances,
    nodeGroups,
    scalingGroups,
    vpcCni,
    awsNode,
  }: PlannedFrom,
  region: string,
): ClusterFacts | NotSeen {
  if (isNotSeen(controlPlane)) return controlPlane;
  if (isNotSeen(vpc)) return vpc;
  if (isNotSeen(routeTables)) return routeTables;
  if (isNotSeen(subnets)) return subnets;
  if (isNotSeen(instances)) return instances;
  if (isNotSeen(nodeGroups)) return nodeGroups;
  if (isNotSeen(scalingGroups)) return scalingGroups;
  if (isNotSeen(vpcCni)) return vpcCni;
  const { clusterName, version, vpcId, serviceCidrBlock, clusterSecurityGroupId } = controlPlane;
  const peers = (vpc.addressing.peerings ?? []).map(
    ({ peeringId = "", status, role, cidrBlocks }): VpcPeerFacts => ({
      peeringId,
      status,
      requester: role === "requester",
      cidrBlocks,
    }),
  );
  return {
    ...{ clusterName, region, vpcId, version, clusterSecurityGroupId, peers },
    cidrBlocks: vpc.blocks,
    routes: vpc.addressing.routes ?? [],
    routeTables,
    subnets,
    nodeGroups,
    scalingGroups,
    nodeClasses: [],
    instances,
    ...(serviceCidrBlock !== undefined && { serviceCidrBlock }),
    ...(vpcCni.addOn !== undefined && { vpcCni: vpcCni.addOn }),
    ...(!isNotSeen(awsNode) && { awsNode: awsNodeFactsOf(awsNode) }),
  };
}
