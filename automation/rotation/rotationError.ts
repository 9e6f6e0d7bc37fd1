/**
 * What a rotation, or a look at a cluster, found otherwise than it must be: no defect of the runner, and no answer of
 * an API either.
 */
export class RotationError extends Error {
  override readonly name = "RotationError";

  /** @param fix what a person can do. */
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}
