import { contains, overlaps, readCidr, type CidrBlock } from "../cidrBlock";
import type { CniPlan } from "./picture";

/** How the CNI treats what pods send out of their VPC. */
export type SnatSettings = Pick<CniPlan, "externalSnat" | "excludeSnatCidrs">;

/**
 * Whether a destination sees pods by their own addresses: within the VPC always; outside where the CNI is told to leave
 * source addresses alone, of all destinations or of some.
 *
 * Source: aws/amazon-vpc-cni-k8s, README.md, AWS_VPC_K8S_CNI_EXTERNALSNAT and AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS.
 */
export function seesPods(
  destination: CidrBlock,
  vpcBlocks: readonly CidrBlock[],
  { externalSnat, excludeSnatCidrs }: SnatSettings,
): boolean {
  if (externalSnat || vpcBlocks.some((block) => contains(block, destination))) return true;
  return excluded(excludeSnatCidrs).some((block) => overlaps(block, destination));
}

function excluded(cidrs: readonly string[]): CidrBlock[] {
  // The CNI skips what is no block.
  return cidrs.flatMap((cidr) => {
    const reading = readCidr(cidr);
    return reading.kind === "block" ? [reading.block] : [];
  });
}

/** The route that decides about an address or a block: the one of the longest prefix that has all of it. */
export function routeTo<R extends { readonly destination: CidrBlock }>(
  destination: CidrBlock,
  routes: readonly R[],
): R | undefined {
  return routes
    .filter((route) => contains(route.destination, destination))
    .reduce<R | undefined>(
      (best, route) =>
        best === undefined || route.destination.prefixLength > best.destination.prefixLength ? route : best,
      undefined,
    );
}
