import type { Stack } from "@pulumi/pulumi/automation";
import { podSubnetsToday } from "../planning/preview/podSubnetsToday";
import type { StackResource } from "../planning/rollback/stackRemoval";
import type { PodSubnet } from "../planning/rotation/observation";
import { podSubnetsOf } from "./podNetworkOutputs";
import { readStackState } from "./stackState";

/** What a stack has by now, also where its last update was cut off. */
export interface StackToday {
  /** Its state. */
  readonly resources: readonly StackResource[];
  readonly podSubnets: readonly PodSubnet[];
}

/** Reads what a stack has by now; nothing of one that was never brought up. @throws PulumiError */
export async function stackToday(stack: Stack): Promise<StackToday> {
  const [put, { deployment }] = await Promise.all([podSubnetsOf(stack), readStackState(stack)]);
  const resources = deployment?.resources ?? [];
  return { resources, podSubnets: podSubnetsToday(put, resources) };
}
