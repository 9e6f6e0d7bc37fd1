import type { Stack } from "@pulumi/pulumi/automation";
import type { StackResult } from "./pulumiEvents";
import { runOnStack, type StackOutside } from "./pulumiOperation";

/**
 * Says what bringing a stack up would change. Changes nothing.
 *
 * @param plan a file to write the update's plan to. @default none
 * @throws PulumiError; the signal's reason when it is aborted.
 */
export async function preview(stack: Stack, outside: StackOutside, plan?: string): Promise<StackResult> {
  const given = { ...(plan !== undefined && { plan }) };
  const { result } = await runOnStack(
    stack,
    "preview",
    (options) => stack.preview({ ...options, ...given }),
    outside,
  );
  return result;
}
