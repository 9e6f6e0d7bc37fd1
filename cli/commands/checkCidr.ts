import { checkCidrBlock, type CidrCheck, type CidrFinding } from "../../planning/cidrCheck";
import type { VpcAddressing, VpcPeering } from "../../planning/vpcAddressing";
import { command, type Answer } from "../command";
import { choice, required, text, texts, wholeNumber } from "../flag";

/** `podnet check-cidr CIDR` */
export const checkCidr = command({
  positional: { name: "CIDR", key: "cidr", help: "the block to check, such as 100.64.0.0/16", many: false },
  flags: {
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
  },
  flagsFile: true,
  help: `Examples:
  podnet check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16
  podnet check-cidr 100.64.0.0/10 --vpc-cidr 10.0.0.0/16       # offers free /16 blocks of it
  podnet check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16 10.1.0.0/16 \\
    --route 0.0.0.0/0 --peer-cidr 10.9.0.0/16 --service-cidr 172.20.0.0/16 --json

Exit code 0 when the block may be added, 1 when not.`,
  flagOf: (path) =>
    path
      .replace(/^cidr$/, "CIDR")
      .replace(/^vpc\.cidrBlocks/, "vpcCidr")
      .replace(/^vpc\.routes/, "route")
      .replace(/^vpc\.peerings\[\d+\]\.cidrBlocks/, "peerCidr")
      .replace(/^vpc\.directConnectCidrBlocks/, "directConnectCidr")
      .replace(/^vpc\.otherClusterCidrBlocks/, "otherClusterCidr")
      .replace(/^serviceCidrBlock.*/, "serviceCidr"),

  run([cidr = ""], flags): Answer {
    const vpc: VpcAddressing = {
      cidrBlocks: flags.vpcCidr ?? [],
      peerings: peeringsOf(flags.peerCidr, flags.pendingPeering),
      ...(flags.route && { routes: flags.route }),
      ...(flags.directConnectCidr && { directConnectCidrBlocks: flags.directConnectCidr }),
      ...(flags.serviceCidr !== undefined && { serviceCidrBlock: flags.serviceCidr }),
      ...(flags.otherClusterCidr && { otherClusterCidrBlocks: flags.otherClusterCidr }),
      ...(flags.quota !== undefined && { quotas: { cidrBlocksPerVpc: flags.quota } }),
    };
    const check = checkCidrBlock(cidr, vpc);
    return { json: check, text: describe(cidr, vpc, check), isNo: !check.ok };
  },
});

function peeringsOf(
  cidrBlocks: readonly string[] | undefined,
  pendingAs: "requester" | "accepter" | undefined,
): VpcPeering[] {
  if (cidrBlocks === undefined && pendingAs === undefined) return [];
  const status = pendingAs === undefined ? "active" : "pending-acceptance";
  return [{ status, role: pendingAs ?? "requester", cidrBlocks: cidrBlocks ?? [] }];
}

function describe(
  cidr: string,
  vpc: VpcAddressing,
  { ok, problems, warnings, proposals }: CidrCheck,
): string {
  const whom = `a VPC with ${vpc.cidrBlocks.join(", ")}`;
  const lines = [ok ? `${cidr} may be added to ${whom}.` : `${cidr} can't be added to ${whom}.`];
  const width = Math.max(0, ...[...problems, ...warnings].map(({ rule }) => rule.length)) + 2;
  for (const [severity, findings] of [
    ["STOP", problems],
    ["warn", warnings],
  ] as const) {
    for (const finding of findings) lines.push("", ...linesOf(severity, finding, width));
  }
  if (proposals.length > 0) lines.push("", `Free: ${proposals.join(", ")}`);
  return lines.join("\n");
}

function linesOf(severity: string, { rule, reason, fix }: CidrFinding, width: number): string[] {
  return [`  ${severity}  ${rule.padEnd(width)}${reason}`, `        ${" ".repeat(width)}-> ${fix}`];
}
