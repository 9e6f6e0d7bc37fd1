import { SandboxError } from "./sandboxError";

/** One that does not answer by then does not run. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * Asks the daemon of a sandbox something.
 *
 * @param awsEndpoint where it listens.
 * @param path one of daemonProtocol.ts, with what is asked for.
 * @throws SandboxError where nothing answers there.
 */
export async function askDaemon(
  awsEndpoint: string,
  path: string,
  request: { readonly method: string; readonly body?: string },
): Promise<Response> {
  try {
    return await fetch(`${awsEndpoint}${path}`, {
      ...request,
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
  } catch (cause) {
    throw new SandboxError(
      `its daemon does not answer at ${awsEndpoint}`,
      "podnet sandbox status tells which of its parts ended; podnet sandbox reset starts it anew.",
      { cause },
    );
  }
}
