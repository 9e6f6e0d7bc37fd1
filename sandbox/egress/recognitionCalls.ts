import type { OwnCall } from "../aws/frontServer";
import { AwsError } from "../aws/protocol/awsError";
import type { RecognisedBlocks } from "./recognisedBlocks";

/** What a call about the blocks that the control plane has recognised answers. */
export interface RecognitionAnswer {
  readonly blocks: readonly { readonly cidrBlock: string; readonly isRecognised: boolean }[];
}

/**
 * Answers calls about the blocks of the cluster's VPC: GET lists them, POST has the control plane recognise that of
 * `?cidrBlock=`, or all. Where there is no delay nothing is kept, and there is nothing to do.
 *
 * @throws AwsError for a block that the cluster's VPC does not have.
 */
export function recognitionCalls(
  blocks: RecognisedBlocks,
  now: () => number,
): (call: OwnCall) => RecognitionAnswer {
  return ({ method, query }) => {
    const cidrBlock = query.get("cidrBlock") ?? undefined;
    const isUnknown = method === "POST" && !blocks.recognise(now(), cidrBlock) && blocks.afterMs > 0;
    if (isUnknown && cidrBlock !== undefined) {
      const known = blocks.all().map((one) => one.cidrBlock);
      throw new AwsError(
        "NotFound",
        `${cidrBlock} is not associated with the cluster's VPC, which has ${known.join(", ") || "no block"}`,
        404,
      );
    }
    return {
      blocks: blocks.all().map((one) => ({
        cidrBlock: one.cidrBlock,
        isRecognised: one.recognisedAt <= now(),
      })),
    };
  };
}
