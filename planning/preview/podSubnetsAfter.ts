import { readCidr, type CidrBlock } from "../cidrBlock";
import type { PodSubnet } from "../rotation/observation";
import type { ResourceChange } from "../stack/resourceChange";

/** The id of a subnet that only the update makes: no interface is in it. */
const NOT_MADE_YET = "";

/**
 * The pod subnets of a stack after its changes. Subnets are told apart by their blocks, of which a VPC has each once.
 *
 * @param today those that the stack has made.
 * @param blocks the subnets that there are, by their ids.
 */
export function podSubnetsAfter(
  today: readonly PodSubnet[],
  changes: readonly ResourceChange[],
  blocks: ReadonlyMap<string, CidrBlock>,
): PodSubnet[] {
  const after = new Map(today.map((subnet) => [subnet.cidrBlock, subnet]));
  const ofSubnets = changes.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
  for (const { operation, before = {} } of ofSubnets) {
    const goes = operation === "delete" || operation === "replace";
    if (goes && typeof before.cidrBlock === "string") after.delete(before.cidrBlock);
  }
  for (const { operation, after: inputs = {} } of ofSubnets) {
    const { cidrBlock, availabilityZone } = inputs;
    const comes = operation === "create" || operation === "replace" || operation === "import";
    if (!comes || typeof cidrBlock !== "string" || typeof availabilityZone !== "string") continue;
    if (readCidr(cidrBlock).kind !== "block") continue;
    const subnetId = operation === "import" ? idOf(cidrBlock, blocks) : NOT_MADE_YET;
    after.set(cidrBlock, { subnetId, availabilityZone, cidrBlock });
  }
  return [...after.values()];
}

function idOf(cidrBlock: string, blocks: ReadonlyMap<string, CidrBlock>): string {
  const found = [...blocks].find(([, block]) => block.cidr === cidrBlock);
  return found?.[0] ?? NOT_MADE_YET;
}
