import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { ClusterWatch } from "./clusterWatch";
import type { RotationGoal } from "./goal";
import type { LeavingNodes } from "./leavingNodes";
import type { Observer } from "./observe";
import type { ActingTools } from "./outside";
import type { BlockedNode } from "./result";
import type { RotationOptions } from "./rotationOptions";
import type { UndoStack } from "./undoStack";

/** What a run works with from its begin to its end. */
export interface Run {
  readonly tools: ActingTools;
  readonly outputs: PodNetworkOutputs;
  readonly goal: RotationGoal;
  readonly options: RotationOptions;
  readonly undo: UndoStack;
  readonly leaving: LeavingNodes;
  readonly watch: ClusterWatch;
  readonly observe: Observer;
  /** Old nodes that are gone; added as they go, so that they are known however the run ends. */
  readonly rotated: string[];
  /** Nodes that could not be rotated; likewise. */
  readonly blocked: BlockedNode[];
}
