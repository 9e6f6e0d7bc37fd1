import type { Stack } from "@pulumi/pulumi/automation";
import type { StackResult } from "./pulumiEvents";
import { runOnStack, type StackOutside } from "./pulumiOperation";

/**
 * Says what bringing a stack up would change. Changes nothing.
 *
 * @throws PulumiError; the signal's reason when it is aborted.
 */
export async function preview(stack: Stack, outside: StackOutside): Promise<StackResult> {
  const { result } = await runOnStack(stack, "preview", (options) => stack.preview(options), outside);
  return result;
}
