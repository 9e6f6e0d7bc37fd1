import { exitCode } from "./exitCode";

/** Something outside failed: AWS, Kubernetes, Pulumi. Exit code 3. */
export class OutsideError extends Error {
  override readonly name: string = "OutsideError";
  readonly exitCode: number = exitCode.outside;

  /**
   * @param what was asked, such as `EC2 DescribeInstanceTypes`.
   * @param cause what it answered with.
   * @param fix what a person can do.
   * @param told what else people should know, in lines of text, and in JSON beside the message.
   */
  constructor(
    private readonly what: string,
    override readonly cause: unknown,
    readonly fix: string,
    readonly told?: { readonly text: string; readonly json: Readonly<Record<string, unknown>> },
  ) {
    const because = cause instanceof Error ? cause.message || cause.name : String(cause);
    super(`${what} failed: ${because}`);
  }

  /** The same failure, with more that people should know; what it told by itself is left out. */
  with(told: NonNullable<OutsideError["told"]>): OutsideError {
    const Same = this.constructor as typeof OutsideError;
    return new Same(this.what, this.cause, this.fix, told);
  }
}

/** Something outside would not be asked for what an environment's or a stack's settings say: they are wrong. Exit code 2. */
export class SettingsError extends OutsideError {
  override readonly name = "SettingsError";
  override readonly exitCode = exitCode.usage;
}
