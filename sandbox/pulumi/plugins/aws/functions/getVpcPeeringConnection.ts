import { DescribeVpcPeeringConnectionsCommand, type VpcPeeringConnectionVpcInfo } from "@aws-sdk/client-ec2";
import type { Properties } from "../../protocol/values";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { optionalText } from "../resourceKind";
import { tagsOfList, tagsState } from "../tags";
import { chosenBy, filterArgs, filtersOf, theOnly } from "./filters";

export const getVpcPeeringConnection: AwsFunction = {
  token: "aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection",
  args: {
    ...filterArgs,
    cidrBlock: { type: "string" },
    id: { type: "string" },
    ownerId: { type: "string" },
    peerCidrBlock: { type: "string" },
    peerOwnerId: { type: "string" },
    peerVpcId: { type: "string" },
    status: { type: "string" },
    vpcId: { type: "string" },
  },
  async call(args, aws) {
    const id = optionalText(args, "id");
    const command = new DescribeVpcPeeringConnectionsCommand({
      ...(id === undefined ? {} : { VpcPeeringConnectionIds: [id] }),
      Filters: filtersOf(args, {
        cidrBlock: "requester-vpc-info.cidr-block",
        ownerId: "requester-vpc-info.owner-id",
        peerCidrBlock: "accepter-vpc-info.cidr-block",
        peerOwnerId: "accepter-vpc-info.owner-id",
        peerVpcId: "accepter-vpc-info.vpc-id",
        status: "status-code",
        vpcId: "requester-vpc-info.vpc-id",
      }),
    });
    const { VpcPeeringConnections = [] } = await says("reading EC2 VPC Peering Connection", () =>
      aws.ec2.send(command),
    );
    const found = theOnly("EC2 VPC Peering Connection", VpcPeeringConnections);
    const { RequesterVpcInfo: requester = {}, AccepterVpcInfo: accepter = {} } = found;
    return {
      accepter: optionsOf(accepter),
      cidrBlock: requester.CidrBlock ?? "",
      cidrBlockSets: blocksOf(requester),
      id: found.VpcPeeringConnectionId ?? "",
      ipv6CidrBlockSets: [],
      ownerId: requester.OwnerId ?? "",
      peerCidrBlock: accepter.CidrBlock ?? "",
      peerCidrBlockSets: blocksOf(accepter),
      peerIpv6CidrBlockSets: [],
      peerOwnerId: accepter.OwnerId ?? "",
      peerRegion: accepter.Region ?? "",
      peerVpcId: accepter.VpcId ?? "",
      requester: optionsOf(requester),
      requesterRegion: requester.Region ?? "",
      status: found.Status?.Code ?? "",
      tags: tagsState(tagsOfList(found.Tags), aws).tagsAll,
      vpcId: requester.VpcId ?? "",
      ...chosenBy(args),
    };
  },
};

function blocksOf({ CidrBlockSet = [] }: VpcPeeringConnectionVpcInfo): Properties[] {
  return CidrBlockSet.map(({ CidrBlock = "" }) => ({ cidrBlock: CidrBlock }));
}

/** A map's keys are not spelled anew: they are Terraform's. */
function optionsOf({ PeeringOptions }: VpcPeeringConnectionVpcInfo): Properties {
  return { allow_remote_vpc_dns_resolution: PeeringOptions?.AllowDnsResolutionFromRemoteVpc ?? false };
}
