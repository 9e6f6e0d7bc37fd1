import { randomUUID } from "node:crypto";
import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
  type EC2Client,
  type Vpc,
} from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsResponse } from "../protocol/awsRequest";
import { isGiven, type QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt, xmlOf } from "../protocol/xml";
import { BLOCKS_PER_VPC } from "../serviceQuotas/quotas";
import { cidrAssociations } from "./cidrAssociations";
import { isAllowedSize, refuseBlock } from "./cidrRestrictions";
import type { Ec2Action } from "./ec2Call";
import { contains, readIpv4Block, writeIpv4Block, type Ipv4Block } from "./ipv4";
import { refuseOverPeers } from "./peeredBlocks";
import { refuseMoreSubnets } from "./quotaChecks";

/** What a failed association says when nothing else was asked for. */
const USUAL_FAILURE = "The CIDR block could not be associated.";

/** The actions around the blocks of a VPC. */
export interface VpcCidrBlockActions {
  readonly associate: Ec2Action;
  readonly disassociate: Ec2Action;
  readonly describeVpcs: Ec2Action;
  readonly createSubnet: Ec2Action;
}

/** Blocks that come and go as slowly as on AWS, and not at all where AWS refuses them. */
export function vpcCidrBlockActions(): VpcCidrBlockActions {
  const associations = cidrAssociations();
  return {
    associate: (call, { ec2, inTurn, clock, faults, quotas }) =>
      inTurn(async () => {
        const vpc = await vpcOf(ec2, call.form.get("VpcId") ?? "");
        const block = readWantedBlock(call.form);
        const present = blocksOf(vpc).map((one) => one.block);
        const primary = readIpv4Block(vpc.CidrBlock ?? "");
        refuseBlock(block, { vpcId: vpc.VpcId ?? "", primary, present }, quotas.valueOf(BLOCKS_PER_VPC));
        await refuseOverRoutes(ec2, vpc, block);
        await refuseOverPeers(ec2, vpc, block);
        const answer = await call.forward(new Map([...call.form, ["CidrBlock", writeIpv4Block(block)]]));
        const id = answer.status === 200 ? associationIn(answer) : undefined;
        if (id === undefined) return answer;
        const fault = faults.strike(["associate-failed"], call);
        const failure = fault === undefined ? undefined : (fault.message ?? USUAL_FAILURE);
        associations.begin(id, "associating", clock.now(), failure);
        // One that fails never gives the VPC an address or a route.
        if (failure !== undefined) {
          await ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: id }));
        }
        return answer;
      }),

    disassociate: (call, { ec2, inTurn, clock }) =>
      inTurn(async () => {
        const id = call.form.get("AssociationId") ?? "";
        if (associations.hasFailed(id)) {
          associations.begin(id, "disassociating", clock.now());
          return disassociatingAnswer(id);
        }
        const { Vpcs: [vpc] = [] } = await ec2.send(
          new DescribeVpcsCommand({
            Filters: [{ Name: "cidr-block-association.association-id", Values: [id] }],
          }),
        );
        const association = blocksOf(vpc).find((one) => one.associationId === id);
        if (vpc !== undefined && association !== undefined) {
          await refuseWithSubnets(ec2, vpc, association.block);
        }
        const answer = await call.forward();
        if (answer.status === 200) associations.begin(id, "disassociating", clock.now());
        return answer;
      }),

    describeVpcs: async (call, { clock }) => {
      const answer = await call.forward();
      if (answer.status !== 200) return answer;
      const described = parseXml(answer.body.toString());
      for (const vpc of items(described, "vpcSet")) {
        for (const one of items(vpc, "cidrBlockAssociationSet")) associations.describe(one, clock.now());
      }
      return xmlAnswer(200, renderXml(described));
    },

    createSubnet: (call, { ec2, inTurn, clock, quotas }) =>
      inTurn(async () => {
        const block = readIpv4Block(call.form.get("CidrBlock") ?? "");
        const vpc = await vpcOf(ec2, call.form.get("VpcId") ?? "");
        const home = blocksOf(vpc).find((one) => block !== undefined && contains(one.block, block));
        const usable = home !== undefined && associations.isUsable(home.associationId, clock.now());
        if (block !== undefined && (!usable || !isAllowedSize(block))) {
          throw new AwsError("InvalidSubnet.Range", `The CIDR '${writeIpv4Block(block)}' is invalid.`);
        }
        await refuseMoreSubnets(ec2, vpc.VpcId ?? "", quotas);
        return call.forward();
      }),
  };
}

function associationIn(answer: AwsResponse): string | undefined {
  const association = child(parseXml(answer.body.toString()), "cidrBlockAssociation");
  return association === undefined ? undefined : textAt(association, "associationId");
}

function disassociatingAnswer(associationId: string): AwsResponse {
  const cidrBlockAssociation = { associationId, cidrBlockState: { state: "disassociating" } };
  const answered = { requestId: randomUUID(), cidrBlockAssociation };
  return xmlAnswer(200, xmlOf("DisassociateVpcCidrBlockResponse", answered, "item"));
}

async function vpcOf(ec2: EC2Client, vpcId: string): Promise<Vpc> {
  const { Vpcs: [vpc] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
  );
  if (vpc === undefined) throw new AwsError("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
  return vpc;
}

function blocksOf(vpc: Vpc | undefined) {
  return (vpc?.CidrBlockAssociationSet ?? []).flatMap((association) => {
    const block = readIpv4Block(association.CidrBlock ?? "");
    const held = association.CidrBlockState?.State === "associated";
    return block === undefined || !held ? [] : [{ associationId: association.AssociationId ?? "", block }];
  });
}

function readWantedBlock(form: QueryForm): Ipv4Block {
  for (const name of ["AmazonProvidedIpv6CidrBlock", "Ipv6CidrBlock", "Ipv4IpamPoolId", "Ipv6Pool"]) {
    if (isGiven(form, name)) {
      throw new AwsError(
        "UnsupportedOperation",
        `${name} of AssociateVpcCidrBlock is not part of this sandbox.`,
      );
    }
  }
  const text = form.get("CidrBlock") ?? "";
  const block = readIpv4Block(text);
  if (block === undefined) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  return block;
}

/** @throws AwsError for a block that equals or contains where a route of the VPC leads elsewhere. */
async function refuseOverRoutes(ec2: EC2Client, vpc: Vpc, block: Ipv4Block): Promise<void> {
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [vpc.VpcId ?? ""] }] }),
  );
  for (const { RouteTableId = "", Routes = [] } of RouteTables) {
    for (const { DestinationCidrBlock = "", GatewayId } of Routes) {
      const destination = readIpv4Block(DestinationCidrBlock);
      if (GatewayId === "local" || destination === undefined || !contains(block, destination)) continue;
      throw new AwsError(
        "CidrConflict",
        `The CIDR '${writeIpv4Block(block)}' conflicts with the route to ${DestinationCidrBlock} in ${RouteTableId}: ` +
          "a block must be smaller than the destination of a route that is there.",
      );
    }
  }
}

async function refuseWithSubnets(ec2: EC2Client, vpc: Vpc, block: Ipv4Block): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc.VpcId ?? ""] }] }),
  );
  const isUsed = Subnets.some(({ CidrBlock = "" }) => {
    const subnet = readIpv4Block(CidrBlock);
    return subnet !== undefined && contains(block, subnet);
  });
  if (isUsed) {
    throw new AwsError(
      "InvalidCidrBlock.InUse",
      `The vpc ${vpc.VpcId ?? ""} currently has a subnet within CIDR block ${writeIpv4Block(block)}`,
    );
  }
}
