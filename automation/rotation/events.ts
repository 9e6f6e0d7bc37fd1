import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import type { BlockedNode, RotationResult } from "./result";

/** How far a rotation is, over the nodes that were old when this process began. */
export interface RotationProgress {
  readonly zones: readonly {
    readonly availabilityZone: string;
    /** Old nodes that are gone. */
    readonly done: number;
    readonly of: number;
  }[];
  /** Pods with an address of the pod subnets; hostNetwork pods are in neither number. */
  readonly podsInside: number;
  readonly podsOutside: number;
}

/** What happens during a rotation. Names of nodes, pods and groups are whole, and can be pasted. */
export type RotationHappening =
  /** Another process holds the lease, or died with it; whether it lives shows within seconds. */
  | { readonly type: "leaseAwaited"; readonly holder: string }
  | { readonly type: "planned"; readonly plan: RotationPlan }
  | { readonly type: "started"; readonly runId: string; readonly isResumed: boolean }
  | {
      readonly type: "processesSuspended" | "processesResumed";
      readonly autoScalingGroup: string;
      readonly processes: readonly string[];
    }
  | { readonly type: "minSizeLowered"; readonly nodeGroupName: string; readonly from: number }
  | { readonly type: "minSizeRestored"; readonly nodeGroupName: string; readonly to: number }
  | { readonly type: "surging"; readonly nodeGroupName: string; readonly from: number; readonly to: number }
  | { readonly type: "workerReady"; readonly nodeGroupName: string; readonly node: string }
  | {
      readonly type: "workerChecked";
      readonly nodeGroupName: string;
      readonly node: string;
      /** What a pod that was put there for a moment got. */
      readonly canaryAddress: string;
    }
  | { readonly type: "oldTainted"; readonly nodes: number }
  | ({ readonly type: "progress" } & RotationProgress)
  | {
      readonly type: "batchStarted";
      /** From 1; of this process. */
      readonly batch: number;
      readonly nodes: readonly string[];
      readonly pods: number;
    }
  | { readonly type: "cordoned"; readonly node: string }
  | { readonly type: "evicted"; readonly node: string; readonly pod: string }
  /** By a budget, or by an API server that can't now; tried again when the budget allows. */
  | {
      readonly type: "evictionRefused";
      readonly node: string;
      readonly pod: string;
      readonly because: string;
    }
  | {
      readonly type: "draining";
      readonly node: string;
      /** Pods that have left, of those that are to. */
      readonly left: number;
      readonly of: number;
      readonly waiting: readonly { readonly pod: string; readonly because: string }[];
    }
  | { readonly type: "drained"; readonly node: string }
  /** Its pods' owners have as many ready pods as before. */
  | { readonly type: "settled"; readonly node: string }
  | { readonly type: "terminating"; readonly node: string; readonly instanceId: string }
  | { readonly type: "gone"; readonly node: string }
  | ({ readonly type: "blocked" } & BlockedNode)
  | { readonly type: "undone"; readonly what: string }
  | { readonly type: "undoFailed"; readonly what: string; readonly because: string }
  /** What people must know; in the result as well, where there is one. */
  | { readonly type: "note"; readonly note: string }
  | { readonly type: "finished"; readonly result: RotationResult };

/** A happening with its time. */
export type RotationEvent = RotationHappening & {
  /** ISO 8601, of this computer's clock. */
  readonly at: string;
};
