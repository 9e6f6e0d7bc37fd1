/** A command was interrupted in the middle, and knows how far it came. Exit code 130. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  /**
   * @param cause what it ended with.
   * @param told how far it came, in lines of text, and in JSON beside the message.
   */
  constructor(
    override readonly cause: unknown,
    readonly told: { readonly text: string; readonly json: Readonly<Record<string, unknown>> },
  ) {
    super("interrupted");
  }
}
