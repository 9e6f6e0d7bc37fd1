import type { Stack } from "@pulumi/pulumi/automation";
import {
  released,
  resourceName,
  stackRemoval,
  type StackResource,
} from "../../planning/rollback/stackRemoval";
import type { StackEvent } from "../pulumiEvents";
import { runOnStack, type StackOutside } from "../pulumiOperation";
import { readStackState, writeStackState } from "../stackState";

/** What a removal has done. */
export interface StackRemoved {
  /** What was deleted, as `resourceName` names it. */
  readonly removed: readonly string[];
  /** What was forgotten, and stays. */
  readonly left: readonly string[];
}

/**
 * Removes everything that a stack has made, and lets go of what others made and the stack took over.
 *
 * Protection is lifted in the state, right before: the program that would lift it sets the CNI as well. Interrupted, the
 * next call goes on with what is left. Of what stays, events say that it is forgotten; what was only read is told of as
 * bookkeeping.
 *
 * @throws PulumiError; the signal's reason, once Pulumi has ended.
 */
export async function removeStack(stack: Stack, outside: StackOutside): Promise<StackRemoved> {
  const state = await readStackState(stack);
  const { resources = [] } = state.deployment ?? {};
  const { removed, left } = stackRemoval(resources);
  const isReleased =
    resources.every(({ protect = false }) => !protect) &&
    left.every(({ retainOnDelete = false }) => retainOnDelete);
  if (!isReleased) {
    const deployment = { ...state.deployment, resources: released(resources) };
    await writeStackState(stack, { ...state, deployment });
  }
  const urnsOf = (some: readonly StackResource[]) => new Set(some.map(({ urn }) => urn));
  const [removedUrns, leftUrns] = [urnsOf(removed), urnsOf(left)];
  const told = (event: StackEvent): StackEvent => {
    if (event.kind !== "resource") return event;
    const { change } = event;
    if (leftUrns.has(change.urn)) return { ...event, change: { ...change, isForgotten: true } };
    if (removedUrns.has(change.urn)) return event;
    return { ...event, change: { ...change, isBookkeeping: true } };
  };
  const { result } = await runOnStack(stack, "destroy", (options) => stack.destroy(options), {
    ...outside,
    onEvent: (event) => {
      outside.onEvent(told(event));
    },
  });
  const gone = new Set(result.changes.map(({ urn }) => urn));
  const namesOf = (some: readonly StackResource[]) =>
    some.filter(({ urn }) => gone.has(urn)).map(resourceName);
  return { removed: namesOf(removed), left: namesOf(left) };
}
