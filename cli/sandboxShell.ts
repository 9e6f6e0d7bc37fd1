import { dirname, join } from "node:path";
import { sandboxEnv, SANDBOX_ENV_UNSET } from "../sandbox/environment";
import { standInPulumiRoot } from "../sandbox/pulumi/root";
import type { SandboxRecord } from "../sandbox/record";
import type { ShellEnvironment } from "./shellWords";

/**
 * The environment of a shell that speaks to a sandbox. First on its PATH is the sandbox's own pulumi; a kubectl of the
 * person's own wins over the sandbox's.
 *
 * @param inside whether it is a shell inside the cluster's VPC, which a private endpoint answers.
 */
export function sandboxShell(record: SandboxRecord, inside = false): ShellEnvironment {
  return {
    set: sandboxEnv(record, inside),
    unset: SANDBOX_ENV_UNSET,
    path: { first: join(standInPulumiRoot(), "bin"), last: dirname(record.kubectl) },
  };
}
