import type { Stack } from "@pulumi/pulumi/automation";
import { readOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
import type { StackResult } from "./pulumiEvents";
import { runOnStack, type StackOutside } from "./pulumiOperation";

/** What bringing a stack up did. */
export interface UpResult extends StackResult {
  readonly outputs: PodNetworkOutputs;
}

/**
 * Brings a stack up: range, subnets, ENIConfigs, settings of the CNI, workers. What is there already stays as it is,
 * so that it can be done again at any time.
 *
 * It ends when EKS has taken the CNI's settings; whether aws-node runs with them, `awaitAwsNode` says.
 *
 * @throws PulumiError; MissingOutputsError when the program is another one; the signal's reason when it is aborted,
 *   with everything recorded that was done.
 */
export async function up(stack: Stack, outside: StackOutside): Promise<UpResult> {
  const { result, answer } = await runOnStack(stack, "up", (options) => stack.up(options), outside);
  return { ...result, outputs: readOutputs(stack.name, answer.outputs) };
}
