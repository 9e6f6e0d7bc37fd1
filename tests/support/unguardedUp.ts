import type { Stack } from "@pulumi/pulumi/automation";
import { readOutputs, type PodNetworkOutputs } from "../../automation/podNetworkOutputs";
import type { StackResult } from "../../automation/pulumiEvents";
import { runOnStack, type StackOutside } from "../../automation/pulumiOperation";

/** What an update of a stack did. */
export interface UnguardedUp extends StackResult {
  readonly outputs: PodNetworkOutputs;
}

/**
 * Brings a stack up as `pulumi up` does, for tests of what the program and its components do by themselves; `podnet up`
 * and the runner have a guard before it.
 */
export async function unguardedUp(stack: Stack, outside: StackOutside): Promise<UnguardedUp> {
  const { result, answer } = await runOnStack(stack, "up", (options) => stack.up(options), outside);
  return { ...result, outputs: readOutputs(stack.name, answer.outputs) };
}
