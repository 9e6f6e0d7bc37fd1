import type { UnfinishedUpdate } from "../planning/stack/unfinishedUpdate";
import { PulumiError } from "./pulumiError";

/** An update of a stack failed in the middle: what is done stays done, and the next one goes on from there. */
export class UpdateFailedError extends PulumiError {
  constructor(
    error: PulumiError,
    /** How far it came. */
    readonly progress: UnfinishedUpdate,
  ) {
    super(error.what, error.reason, error.fix, {
      cause: error,
      ...(error.until !== undefined && { until: error.until }),
    });
  }
}
