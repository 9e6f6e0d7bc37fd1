import type { RotationEvent } from "../../../automation/rotation/events";

/** Each instant of a rotation at which it may be stopped or killed, in the order in which they come first. */
export const PHASES: readonly RotationEvent["type"][] = [
  "planned",
  "started",
  "processesSuspended",
  "minSizeLowered",
  "surging",
  "workerReady",
  "workerChecked",
  "oldTainted",
  "batchStarted",
  "cordoned",
  "evicted",
  "drained",
  "settled",
  "terminating",
  "gone",
];
