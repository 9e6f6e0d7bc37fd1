import { DescribeVpcsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "./clock";

/** The outside of waiting for the blocks of a VPC. */
export interface BlocksOutside {
  readonly ec2: EC2Client;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** @default 600 */
  readonly timeoutSeconds?: number;
}

/** A block is no part of its VPC. */
export class BlockError extends Error {
  override readonly name = "BlockError";
  readonly fix =
    "Look at it: aws ec2 describe-vpcs; a block that failed is to be disassociated before it is given again.";
}

const TIMEOUT_SECONDS = 600;
const BETWEEN_LOOKS_MS = 2_000;

/**
 * Waits until blocks are associated with a VPC, whatever was reported of them. Needs ec2:DescribeVpcs.
 *
 * @throws BlockError when one failed, is not there, or does not come in time; the signal's reason when it is aborted.
 */
export async function awaitBlocks(
  { vpcId, podCidrs }: { readonly vpcId: string; readonly podCidrs: readonly string[] },
  { ec2, clock, signal, timeoutSeconds = TIMEOUT_SECONDS }: BlocksOutside,
): Promise<void> {
  const deadline = clock.now() + timeoutSeconds * 1000;
  for (;;) {
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }), {
      abortSignal: signal,
    });
    const states = podCidrs.map((cidr) => {
      const association = (vpc?.CidrBlockAssociationSet ?? []).find(({ CidrBlock }) => CidrBlock === cidr);
      return { cidr, state: association?.CidrBlockState?.State ?? "not associated" };
    });
    const waiting = states.filter(({ state }) => state !== "associated");
    if (waiting.length === 0) return;
    const isHopeless = waiting.some(({ state }) => state !== "associating");
    if (isHopeless || clock.now() >= deadline) {
      const list = waiting.map(({ cidr, state }) => `${cidr} is ${state}`).join(", ");
      throw new BlockError(`of the blocks of ${vpcId}, ${list}`);
    }
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}
