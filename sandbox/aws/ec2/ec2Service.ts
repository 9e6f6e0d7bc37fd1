import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { isReading, readQueryForm, writeQueryForm } from "../protocol/queryForm";
import type { FaultedCall } from "../faults/faults";
import type { Ec2Action, Ec2Outside } from "./ec2Call";
import { attachNetworkInterface, detachNetworkInterface } from "./attachments";
import { describeInstances, runInstances, terminateInstances } from "./instances";
import {
  deleteLaunchTemplate,
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
} from "./launchTemplates";
import { createNatGateway, deleteNatGateway, describeNatGateways, releaseAddress } from "./natGateways";
import { describeNetworkInterfaces } from "./networkInterfaceDescription";
import {
  assignPrivateIpAddresses,
  createNetworkInterface,
  deleteNetworkInterface,
  modifyNetworkInterfaceAttribute,
  unassignPrivateIpAddresses,
} from "./networkInterfaces";
import { createRouteTable } from "./quotaChecks";
import { createRoute, replaceRoute } from "./routes";
import { deleteSecurityGroup } from "./securityGroups";
import { deleteSubnet, describeSubnets } from "./subnets";
import {
  createSubnetCidrReservation,
  deleteSubnetCidrReservation,
  getSubnetCidrReservations,
} from "./subnetCidrReservations";
import { vpcCidrBlockActions } from "./vpcCidrBlocks";
import { describeVpcPeeringConnections } from "./vpcPeering";

/** Answers a call to EC2. */
export type Ec2Service = (
  request: AwsRequest,
  faulted: FaultedCall,
  forward: (body: string) => Promise<AwsResponse>,
) => Promise<AwsResponse>;

/** Frequent actions of moto's own that take no address; after others the ledger asks again. */
const LEAVES_ADDRESSES = new Set(["CreateTags", "DeleteTags"]);

/** EC2 as moto has it, corrected where moto is not as EC2 is. */
export function ec2Service(outside: Ec2Outside): Ec2Service {
  const vpcCidrBlocks = vpcCidrBlockActions();
  const corrected: Readonly<Record<string, Ec2Action>> = {
    AssignPrivateIpAddresses: assignPrivateIpAddresses,
    AssociateVpcCidrBlock: vpcCidrBlocks.associate,
    AttachNetworkInterface: attachNetworkInterface,
    CreateNatGateway: createNatGateway,
    CreateNetworkInterface: createNetworkInterface,
    CreateRoute: createRoute,
    CreateRouteTable: createRouteTable,
    CreateSubnet: vpcCidrBlocks.createSubnet,
    CreateSubnetCidrReservation: createSubnetCidrReservation,
    DeleteLaunchTemplate: deleteLaunchTemplate,
    DeleteNatGateway: deleteNatGateway,
    DeleteNetworkInterface: deleteNetworkInterface,
    DeleteSecurityGroup: deleteSecurityGroup,
    DeleteSubnet: deleteSubnet,
    DeleteSubnetCidrReservation: deleteSubnetCidrReservation,
    DescribeInstances: describeInstances,
    DescribeLaunchTemplates: describeLaunchTemplates,
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
    DescribeNatGateways: describeNatGateways,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribeSubnets: describeSubnets,
    DescribeVpcPeeringConnections: describeVpcPeeringConnections,
    DescribeVpcs: vpcCidrBlocks.describeVpcs,
    DetachNetworkInterface: detachNetworkInterface,
    DisassociateVpcCidrBlock: vpcCidrBlocks.disassociate,
    GetSubnetCidrReservations: getSubnetCidrReservations,
    ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
    ReleaseAddress: releaseAddress,
    ReplaceRoute: replaceRoute,
    RunInstances: runInstances,
    TerminateInstances: terminateInstances,
    UnassignPrivateIpAddresses: unassignPrivateIpAddresses,
  };
  return async (request, faulted, forward) => {
    const form = readQueryForm(request.body);
    const { action } = faulted;
    const call = {
      ...faulted,
      form,
      forward: async (asked = form) =>
        withRegionalNames(await forward(writeQueryForm(asked)), outside.region),
    };
    const handler = Object.hasOwn(corrected, action) ? corrected[action] : undefined;
    if (handler !== undefined) return handler(call, outside);
    const answer = await call.forward();
    if (!isReading(action) && !LEAVES_ADDRESSES.has(action)) outside.ledger.forget();
    return answer;
  };
}

/** Moto names the ENIs of every region as those of us-east-1. */
function withRegionalNames(answer: AwsResponse, region: string): AwsResponse {
  if (region === "us-east-1") return answer;
  const body = answer.body
    .toString()
    .replace(/\bip-(\d+-\d+-\d+-\d+)\.ec2\.internal/g, `ip-$1.${region}.compute.internal`);
  return { ...answer, body };
}
