import type { Danger } from "../guard/danger";
import type { ResourceChange } from "../stack/resourceChange";
import type { Concern } from "./concern";
import type { PodLoss } from "./podLosses";
import type { PodsPerNode } from "./podsPerNode";
import type { RotationOutlook } from "./rotationOutlook";

/** A number before and after; absent where it could not be seen. */
export interface BeforeAndAfter {
  readonly before?: number;
  readonly after?: number;
}

/**
 * What bringing an environment up would change, and what that means for its pods. Plain JSON, without secrets: whatever
 * shows a preview makes it of this document alone.
 */
export interface EnvironmentPreview {
  readonly environment: string;
  readonly stack: string;
  readonly region: string;
  readonly cluster: string;
  /** What comes, goes or changes outside of Pulumi, in the order in which it would begin. */
  readonly changes: readonly ResourceChange[];
  /** How many resources of each operation, as Pulumi counts: those that stay the same and its own bookkeeping included. */
  readonly counts: Readonly<Record<string, number>>;
  /** What Pulumi, a plugin or the program warns of. */
  readonly warnings: readonly string[];
  /** What of the changes would take away from pods, or from nodes, what they live on. */
  readonly dangers: readonly Danger[];
  /** Pods in what is deleted or replaced. */
  readonly losses: readonly PodLoss[];
  /** Addresses of the subnets that pods get theirs from. */
  readonly addresses: BeforeAndAfter;
  /** By the types of today's nodes and of the groups that come. */
  readonly podsPerNode: readonly PodsPerNode[];
  /** The rotation that is to follow; absent where the nodes could not be seen. */
  readonly rotation?: RotationOutlook;
  /** What could not be looked at, and why. */
  readonly notSeen: readonly string[];
  /** What a reviewer should look at before anything else: what the guard would refuse comes first. */
  readonly lookAt: readonly Concern[];
}

/** An environment that could not be previewed. */
export interface FailedPreview {
  readonly environment: string;
  readonly error: {
    readonly message: string;
    /** What a person can do. */
    readonly fix?: string;
  };
}

/** What became of the preview of one environment. */
export type PreviewOutcome = EnvironmentPreview | FailedPreview;

/** Whether an environment could be previewed. */
export function isPreviewed(outcome: PreviewOutcome): outcome is EnvironmentPreview {
  return !("error" in outcome);
}

/** Whether an environment could not be previewed. */
export function isFailedPreview(outcome: PreviewOutcome): outcome is FailedPreview {
  return "error" in outcome;
}
