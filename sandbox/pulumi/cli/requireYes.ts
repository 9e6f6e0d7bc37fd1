import { CliError, EXIT_CODE, type ExitCode } from "./exitCode";
import type { Given } from "./flags";

/**
 * Nobody is asked here; whoever wants to see first asks for a preview.
 *
 * @param exitCode of the failure: that of Pulumi's refresh is another one.
 * @throws CliError without --yes or --skip-preview.
 */
export function requireYes(given: Given, exitCode: ExitCode = EXIT_CODE.notConfirmed): void {
  if (given.has("yes") || given.has("skip-preview")) return;
  throw new CliError(
    "--yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode",
    exitCode,
  );
}
