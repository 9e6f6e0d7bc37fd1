import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Vpc,
} from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { isGiven, type QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt } from "../protocol/xml";
import type { Ec2Action } from "./ec2Call";
import { contains, overlap, readIpv4Block, writeIpv4Block, type Ipv4Block } from "./ipv4";
import { refuseOverPeers } from "./peeredBlocks";

/** IPv4 blocks of a VPC by default, its primary one included (quota L-83CA0A9D). */
const BLOCKS_PER_VPC = 5;
/** How long a block stays `associating`; on AWS it is some seconds. */
const ASSOCIATING_MS = 1_000;

/** The actions around the blocks of a VPC. */
export interface VpcCidrBlockActions {
  readonly associate: Ec2Action;
  readonly disassociate: Ec2Action;
  readonly describeVpcs: Ec2Action;
  readonly createSubnet: Ec2Action;
}

/** Blocks that come as slowly as on AWS, and not at all where AWS refuses them. */
export function vpcCidrBlockActions(): VpcCidrBlockActions {
  /** When each association that was made here is usable. */
  const usableAt = new Map<string, number>();

  return {
    associate: (call, { ec2, inTurn, clock }) =>
      inTurn(async () => {
        const vpc = await vpcOf(ec2, call.form.get("VpcId") ?? "");
        const block = readWantedBlock(call.form);
        refuseBlock(block, vpc);
        await refuseOverRoutes(ec2, vpc, block);
        await refuseOverPeers(ec2, vpc, block);
        const answer = await call.forward(new Map([...call.form, ["CidrBlock", writeIpv4Block(block)]]));
        if (answer.status === 200) {
          const association = child(parseXml(answer.body.toString()), "cidrBlockAssociation");
          const id = association === undefined ? undefined : textAt(association, "associationId");
          if (id !== undefined) usableAt.set(id, clock.now() + ASSOCIATING_MS);
        }
        return answer;
      }),

    disassociate: (call, { ec2, inTurn }) =>
      inTurn(async () => {
        const id = call.form.get("AssociationId") ?? "";
        const { Vpcs: [vpc] = [] } = await ec2.send(
          new DescribeVpcsCommand({
            Filters: [{ Name: "cidr-block-association.association-id", Values: [id] }],
          }),
        );
        const association = blocksOf(vpc).find((one) => one.associationId === id);
        if (vpc !== undefined && association !== undefined) {
          await refuseWithSubnets(ec2, vpc, association.block, id);
        }
        return call.forward();
      }),

    describeVpcs: async (call, { clock }) => {
      const answer = await call.forward();
      const pending = [...usableAt].filter(([, at]) => at > clock.now()).map(([id]) => id);
      if (answer.status !== 200 || pending.length === 0) return answer;
      const described = parseXml(answer.body.toString());
      for (const vpc of items(described, "vpcSet")) {
        for (const association of items(vpc, "cidrBlockAssociationSet")) {
          const state = child(child(association, "cidrBlockState"), "state");
          const id = textAt(association, "associationId") ?? "";
          if (state !== undefined && pending.includes(id)) state.text = "associating";
        }
      }
      return xmlAnswer(200, renderXml(described));
    },

    createSubnet: (call, { ec2, inTurn, clock }) =>
      inTurn(async () => {
        const block = readIpv4Block(call.form.get("CidrBlock") ?? "");
        const vpc = await vpcOf(ec2, call.form.get("VpcId") ?? "");
        const home = blocksOf(vpc).find((one) => block !== undefined && contains(one.block, block));
        const usable = home !== undefined && (usableAt.get(home.associationId) ?? 0) <= clock.now();
        if (block !== undefined && (!usable || !isAllowedSize(block))) {
          throw new AwsError("InvalidSubnet.Range", `The CIDR '${writeIpv4Block(block)}' is invalid.`);
        }
        return call.forward();
      }),
  };
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

/** @throws AwsError for the common cases in which AWS refuses a block. */
function refuseBlock(block: Ipv4Block, vpc: Vpc): void {
  const text = writeIpv4Block(block);
  if (!isAllowedSize(block)) {
    throw new AwsError("InvalidVpc.Range", `The CIDR '${text}' is invalid.`);
  }
  const present = blocksOf(vpc).map((one) => one.block);
  const conflict = present.find((one) => overlap(one, block));
  if (conflict !== undefined) {
    throw new AwsError(
      "CidrConflict",
      `The CIDR '${text}' conflicts with the CIDR '${writeIpv4Block(conflict)}' of the same VPC.`,
    );
  }
  if (present.length >= BLOCKS_PER_VPC) {
    throw new AwsError(
      "CidrLimitExceeded",
      `This network '${vpc.VpcId ?? ""}' has met its maximum number of allowed CIDRs: ${BLOCKS_PER_VPC}`,
    );
  }
  const primary = readIpv4Block(vpc.CidrBlock ?? "");
  if (isRestricted(block, primary) || isReserved(block, present)) {
    throw new AwsError(
      "InvalidVpc.Range",
      `The CIDR '${text}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, ` +
        "or use a publicly-routable CIDR.",
    );
  }
}

/** VPCs and subnets alike. */
function isAllowedSize(block: Ipv4Block): boolean {
  return block.prefixLength >= 16 && block.prefixLength <= 28;
}

/** Ranges that AWS doesn't mix within one VPC. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"].flatMap(
  (text) => readIpv4Block(text) ?? [],
);

function isRestricted(block: Ipv4Block, primary: Ipv4Block | undefined): boolean {
  const range = PRIVATE_RANGES.find((one) => overlap(one, block));
  return range !== undefined && primary !== undefined && !contains(range, primary);
}

/** Ranges that a VPC can't add when a block of its own lies in another one. */
const RESERVED = [
  // Link local: no VPC's at all.
  { range: "169.254.0.0/16", forBlocksOf: "0.0.0.0/0" },
  { range: "10.0.0.0/16", forBlocksOf: "10.0.0.0/15" },
  { range: "172.31.0.0/16", forBlocksOf: "172.16.0.0/12" },
];

function isReserved(block: Ipv4Block, present: readonly Ipv4Block[]): boolean {
  return RESERVED.some(({ range, forBlocksOf }) => {
    const [reserved, concerned] = [readIpv4Block(range), readIpv4Block(forBlocksOf)];
    if (reserved === undefined || concerned === undefined) return false;
    return overlap(reserved, block) && present.some((one) => contains(concerned, one));
  });
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

async function refuseWithSubnets(
  ec2: EC2Client,
  vpc: Vpc,
  block: Ipv4Block,
  associationId: string,
): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc.VpcId ?? ""] }] }),
  );
  const inside = Subnets.find(({ CidrBlock = "" }) => {
    const subnet = readIpv4Block(CidrBlock);
    return subnet !== undefined && contains(block, subnet);
  });
  if (inside !== undefined) {
    throw new AwsError(
      "DependencyViolation",
      `The CIDR block with association ID ${associationId} is in use by subnet ${inside.SubnetId ?? ""}.`,
    );
  }
}
