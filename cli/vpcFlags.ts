import type { VpcAddressing, VpcPeering } from "../planning/vpcAddressing";
import { choice, required, text, texts, wholeNumber, type FlagValues } from "./flag";

/** The flags by which a VPC and what is around it are described. */
export const vpcFlags = {
  vpcCidr: required(texts("<cidr...>", "the blocks of the VPC, its primary first")),
  route: texts("<cidr...>", "IPv4 destinations of routes in the VPC's route tables"),
  peerCidr: texts("<cidr...>", "blocks of a peered VPC"),
  pendingPeering: choice(
    "the peering is pending acceptance, and the VPC is this side of it; --peer-cidr are the other's blocks",
    ["requester", "accepter"],
  ),
  directConnectCidr: texts("<cidr...>", "blocks of VPCs on the same Direct Connect gateway"),
  serviceCidr: text("<cidr>", "the service range of the cluster"),
  otherClusterCidr: texts("<cidr...>", "blocks of other clusters that must stay reachable"),
  quota: wholeNumber("the quota L-83CA0A9D, IPv4 blocks per VPC; 5 by default", 1, 50),
};

/** The VPC that the flags describe. */
export function vpcOf(flags: FlagValues<typeof vpcFlags>): VpcAddressing {
  return {
    cidrBlocks: flags.vpcCidr ?? [],
    peerings: peeringsOf(flags.peerCidr, flags.pendingPeering),
    ...(flags.route && { routes: flags.route }),
    ...(flags.directConnectCidr && { directConnectCidrBlocks: flags.directConnectCidr }),
    ...(flags.serviceCidr !== undefined && { serviceCidrBlock: flags.serviceCidr }),
    ...(flags.otherClusterCidr && { otherClusterCidrBlocks: flags.otherClusterCidr }),
    ...(flags.quota !== undefined && { quotas: { cidrBlocksPerVpc: flags.quota } }),
  };
}

/** The flag that gave a part of that VPC: `vpc.cidrBlocks[1]` came by `vpcCidr[1]`. */
export function vpcFlagOf(path: string): string {
  return path
    .replace(/^vpc\.cidrBlocks/, "vpcCidr")
    .replace(/^vpc\.routes/, "route")
    .replace(/^vpc\.peerings\[\d+\]\.cidrBlocks/, "peerCidr")
    .replace(/^vpc\.directConnectCidrBlocks/, "directConnectCidr")
    .replace(/^vpc\.otherClusterCidrBlocks/, "otherClusterCidr")
    .replace(/^vpc\.serviceCidrBlock/, "serviceCidr")
    .replace(/^vpc\.quotas\.cidrBlocksPerVpc/, "quota");
}

function peeringsOf(
  cidrBlocks: readonly string[] | undefined,
  pendingAs: "requester" | "accepter" | undefined,
): VpcPeering[] {
  if (cidrBlocks === undefined && pendingAs === undefined) return [];
  const status = pendingAs === undefined ? "active" : "pending-acceptance";
  return [{ status, role: pendingAs ?? "requester", cidrBlocks: cidrBlocks ?? [] }];
}
