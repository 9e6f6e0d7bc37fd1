/** The update is over before its time: something failed, or somebody interrupted it. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";

  constructor() {
    super("resource monitor shut down");
  }
}

/** Something went wrong with a resource. */
export class ResourceFailure extends Error {
  override readonly name = "ResourceFailure";

  constructor(
    readonly urn: string,
    message: string,
  ) {
    super(message);
  }
}
