import { OWN_PATHS } from "../../sandbox/daemonProtocol";
import type { SandboxRecord } from "../../sandbox/sandbox";
import { ofSandbox } from "../sandboxCommand";
import type { DemoFindings } from "./claims";

/**
 * What the sandbox's own watcher has seen of budgets since the sandbox started.
 *
 * @throws OutsideError where the sandbox does not answer; the signal's reason when it is aborted.
 */
export function askWitness(
  { awsEndpoint }: Pick<SandboxRecord, "awsEndpoint">,
  signal: AbortSignal,
): Promise<DemoFindings["witness"]> {
  return ofSandbox("Asking the sandbox's watcher", async () => {
    const response = await fetch(new URL(OWN_PATHS.witness, awsEndpoint), { signal });
    return (await response.json()) as DemoFindings["witness"];
  });
}
