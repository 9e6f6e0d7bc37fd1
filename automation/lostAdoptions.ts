import { readFileSync } from "node:fs";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Danger } from "../planning/guard/danger";
import { lostAdoptions, type PlannedResource } from "../planning/guard/lostAdoptions";
import type { StackResource } from "../planning/rollback/stackRemoval";
import { readStackState } from "./stackState";

/** An update plan as Pulumi writes it, as far as it is looked at. */
interface UpdatePlan {
  readonly resourcePlans?: Readonly<Record<string, PlannedResource>>;
}

/**
 * What of all that a stack took over from others it would forget by an update.
 *
 * @param plan the file of the update's plan.
 * @throws PulumiError when the state can't be read.
 */
export async function lostAdoptionsOf(stack: Stack, plan: string): Promise<Danger[]> {
  const { deployment } = await readStackState(stack);
  return lostAdoptionsIn(deployment?.resources ?? [], plan);
}

/**
 * The same, for who has read the state.
 *
 * @param resources the state of the stack before the update.
 */
export function lostAdoptionsIn(resources: readonly StackResource[], plan: string): Danger[] {
  const { resourcePlans = {} } = JSON.parse(readFileSync(plan, "utf8")) as UpdatePlan;
  return lostAdoptions(resources, resourcePlans);
}
