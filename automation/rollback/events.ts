import type { AwsNodeProgress } from "../awsNodeRollout";
import type { StackEvent } from "../pulumiEvents";
import type { RotationEvent } from "../rotation/events";

/** The steps of the way back, in their order. */
export type RollbackStep =
  /** The CNI is set as it was. */
  | "cni"
  /** Workers are rotated back. */
  | "workers"
  /** Old groups get their sizes and processes back. */
  | "groups"
  /** It is looked whether anything is left in the pod subnets, and network interfaces are removed. */
  | "subnets"
  /** What the stack has made is deleted. */
  | "stack"
  /** What was remembered in the cluster is deleted. */
  | "records";

/** What happens on the way back. */
export type RollbackEvent =
  | { readonly kind: "step"; readonly step: RollbackStep }
  | { readonly kind: "awsNode"; readonly progress: AwsNodeProgress }
  | { readonly kind: "rotation"; readonly event: RotationEvent }
  | { readonly kind: "stack"; readonly event: StackEvent };

const STEPS: Readonly<Record<RollbackStep, string>> = {
  cni: "setting the CNI as it was",
  workers: "taking pods back to workers of the old groups",
  groups: "giving old groups their sizes back",
  subnets: "looking whether anything is left in the pod subnets",
  stack: "deleting what the stack has made",
  records: "deleting what was remembered in the cluster",
};

/** A step as one line for a log. */
export function describeStep(step: RollbackStep): string {
  return STEPS[step];
}
