import { instanceState } from "./instanceState";
import { marksOf, readNode, uncordon } from "./nodeMarks";
import type { ActingTools } from "./outside";
import { instanceIdOf } from "./slim";

/**
 * Puts a node whose drain had begun back into service, unless its instance is being terminated: pods would be placed on
 * it, and go down with it. Then it keeps its marks, by which the next run goes on with it. The lease is read right before.
 *
 * @param ofRun puts it back only where the marks are this run's; whoever's by default.
 * @returns whether its instance is being terminated.
 * @throws LeaseLostError; KubernetesError, and what AWS throws.
 */
export async function putBack(
  tools: ActingTools,
  node: string,
  ofRun?: string,
): Promise<"putBack" | "leaving"> {
  const found = await readNode(tools.kubernetes, node);
  if (found === undefined || marksOf(found.metadata.annotations ?? {}) === undefined) return "putBack";
  // Its NodeClaim was deleted: Karpenter drains it and ends its instance.
  if (found.metadata.deletionTimestamp !== undefined) return "leaving";
  const instanceId = instanceIdOf(found);
  if (instanceId !== undefined && (await instanceState(tools, instanceId)) === "leaving") return "leaving";
  await tools.lease.assertHeld();
  await uncordon(tools.kubernetes, node, ofRun);
  return "putBack";
}
