/** Exit codes that tell failures apart, as Pulumi's do (`pkg/cmd/pulumi/cmd/exit_codes.go` of its sources). */
export const EXIT_CODE = {
  /** Whatever has no code of its own, an interruption too. */
  failed: 1,
  /** Nobody has said yes. */
  notConfirmed: 2,
  stackNotFound: 6,
  unexpectedChanges: 7,
} as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

/** A failure with an exit code of its own. */
export class CliError extends Error {
  override readonly name = "CliError";

  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** There is no stack of that name. */
export function stackNotFound(name: string): CliError {
  return new CliError(`no stack named '${name}' found`, EXIT_CODE.stackNotFound);
}
