import type { UnfinishedUpdate } from "../planning/stack/unfinishedUpdate";

/** An update of a stack was interrupted: all that it did is recorded, and the next one goes on from there. */
export class UpdateInterruptedError extends Error {
  override readonly name = "UpdateInterruptedError";

  /** @param reason of the signal. */
  constructor(
    stackName: string,
    reason: unknown,
    /** How far it came; what failed was stopped. */
    readonly progress: UnfinishedUpdate,
  ) {
    super(`the update of stack ${stackName} was interrupted`, { cause: reason });
  }
}
