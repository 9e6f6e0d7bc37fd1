import { listed } from "../amounts";
import { cidrBlock, contains } from "../cidrBlock";
import type { Problem } from "../problem";

/**
 * Subnets that stay, in blocks that the stack takes off the VPC: EC2 takes off none with a subnet in it.
 *
 * @param blocks those that go.
 * @param subnets all of the VPC; one of IPv6 alone has an empty block.
 * @param goingIds subnets that go.
 */
export function othersInBlocks(
  blocks: readonly string[],
  subnets: readonly { readonly subnetId: string; readonly cidrBlock: string }[],
  goingIds: readonly string[],
): Problem[] {
  const going = blocks.map((block) => cidrBlock(block));
  const others = subnets.filter(
    (subnet) =>
      subnet.cidrBlock !== "" &&
      !goingIds.includes(subnet.subnetId) &&
      going.some((block) => contains(block, cidrBlock(subnet.cidrBlock))),
  );
  if (others.length === 0) return [];
  const names = listed(others.map(({ subnetId, cidrBlock: block }) => `${subnetId} (${block})`));
  return [
    {
      path: "podCidrs",
      reason: `has blocks that the stack is to take off the VPC, and in them subnets that it did not make: ${names}.`,
      fix: "Delete them, or let the block stay (adopt.cidrBlocks of the stack's configuration, and podnet up); then look again.",
    },
  ];
}
