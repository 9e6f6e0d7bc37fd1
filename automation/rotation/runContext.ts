import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { HeldLease } from "./lease";
import type { Observer } from "./observe";
import type { TellingTools } from "./outside";
import type { RotationOptions } from "./rotationOptions";
import type { UndoStack } from "./undoStack";

/** What a run works with from its begin to its end. */
export interface Run {
  readonly tools: TellingTools;
  readonly outputs: PodNetworkOutputs;
  readonly options: RotationOptions;
  readonly lease: HeldLease;
  readonly undo: UndoStack;
  readonly observe: Observer;
  /** Old nodes that are gone; added as they go, so that they are known however the run ends. */
  readonly rotated: string[];
}
