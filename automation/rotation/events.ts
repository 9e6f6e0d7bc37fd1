import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import type { UnreadyPod } from "../../planning/rotation/unreadyPods";
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
  | {
      readonly type: "started";
      readonly runId: string;
      readonly isResumed: boolean;
      /** Old nodes that earlier processes of the run have replaced; undefined where nobody recorded it. */
      readonly rotatedEarlier: number | undefined;
    }
  | {
      readonly type: "processesSuspended" | "processesResumed";
      readonly autoScalingGroup: string;
      readonly processes: readonly string[];
    }
  | { readonly type: "minSizeLowered"; readonly nodeGroupName: string; readonly from: number }
  | { readonly type: "minSizeRestored"; readonly nodeGroupName: string; readonly to: number }
  /** Variables of aws-node that were set, so that old nodes give addresses back. */
  | { readonly type: "warmTargetsLowered"; readonly env: Readonly<Record<string, string>> }
  /** As they are again; null where one is not set. */
  | { readonly type: "warmTargetsRestored"; readonly env: Readonly<Record<string, string | null>> }
  | { readonly type: "surging"; readonly nodeGroupName: string; readonly from: number; readonly to: number }
  | { readonly type: "workerReady"; readonly nodeGroupName: string; readonly node: string }
  /** EC2 has no instances for these workers; nodes that they would replace stay, unless another zone takes their pods. */
  | { readonly type: "outOfCapacity"; readonly nodeGroupName: string; readonly because: string }
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
  /** Its only pod leaves the node by a rolling restart, the new one first. */
  | { readonly type: "restarted"; readonly node: string; readonly deployment: string }
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
      readonly waiting: readonly WaitsFor[];
    }
  | { readonly type: "drained"; readonly node: string }
  /** Its pods' owners have as many ready pods as before. */
  | { readonly type: "settled"; readonly node: string }
  /** Pods of it wait for room, which its replacement makes; as `namespace/name`. */
  | { readonly type: "leavesWaiting"; readonly node: string; readonly pods: readonly string[] }
  /** It is still in load balancers; told when what it waits for changes. */
  | { readonly type: "deregistering"; readonly node: string; readonly because: readonly string[] }
  | { readonly type: "terminating"; readonly node: string; readonly instanceId: string }
  /** Its instance was told to end; this is still waited for. */
  | { readonly type: "departing"; readonly node: string; readonly because: string }
  | { readonly type: "gone"; readonly node: string }
  | { readonly type: "eniRemoved"; readonly node: string; readonly eniId: string }
  /** An old group that was empty. */
  | { readonly type: "groupDeleted"; readonly nodeGroupName: string }
  | ({ readonly type: "blocked" } & BlockedNode)
  /** No further node is begun until the cluster is well again. */
  | { readonly type: "healthGateClosed"; readonly because: readonly string[] }
  | { readonly type: "healthGateOpened" }
  /** The run ends when these nodes, which are on their way, have ended. */
  | { readonly type: "pausing"; readonly because: string; readonly nodes: readonly string[] }
  | { readonly type: "undone"; readonly what: string }
  | { readonly type: "undoFailed"; readonly what: string; readonly because: string }
  /** What people must know; in the result as well, where there is one. */
  | { readonly type: "note"; readonly note: string }
  | { readonly type: "finished"; readonly result: RotationResult };

/** What a pod that is still to leave its node waits for. */
export interface WaitsFor {
  /** As `namespace/name`. */
  readonly pod: string;
  readonly because: string;
  /** Pods for which its budget lets it not go, as they are not ready. @default none */
  readonly unready?: readonly UnreadyPod[];
}

/** A happening with its time. */
export type RotationEvent = RotationHappening & {
  /** ISO 8601, of this computer's clock. */
  readonly at: string;
};
