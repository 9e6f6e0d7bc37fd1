/** A sandbox can't be started, or isn't what it should be. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";

  /**
   * @param message what is wrong, with what the program in question said.
   * @param fix what a person can do.
   */
  constructor(
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
