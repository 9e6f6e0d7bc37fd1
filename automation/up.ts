import type { Stack } from "@pulumi/pulumi/automation";
import type { StackResult } from "./pulumiEvents";
import { runOnStack, type StackOutside } from "./pulumiOperation";

/**
 * Brings a stack up: range, subnets, ENIConfigs, settings of the CNI, workers. What is there already stays as it is,
 * so that it can be done again at any time.
 *
 * It ends when EKS has taken the CNI's settings; whether aws-node runs with them, `awaitAwsNode` says.
 *
 * @throws PulumiError; the signal's reason when it is aborted, with everything recorded that was done.
 */
export async function up(stack: Stack, outside: StackOutside): Promise<StackResult> {
  return runOnStack(stack, "up", (options) => stack.up(options), outside);
}
