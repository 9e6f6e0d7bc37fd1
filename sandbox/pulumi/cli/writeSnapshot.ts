import type { Snapshot } from "../engine/deploymentJson";
import { takeLock } from "../engine/lock";
import type { Crypter } from "../engine/secrets";
import type { StackName } from "../engine/stackFiles";
import { sealedDeployment } from "./stackState";
import type { Workspace } from "./workspace";

/**
 * Puts another state in the place of a stack's, under its lock.
 *
 * @param snapshot undefined leaves the stack without any.
 * @throws Error when somebody else has the lock, in Pulumi's words.
 */
export function writeSnapshot(
  workspace: Workspace,
  name: StackName,
  snapshot: Snapshot | undefined,
  crypter: Crypter,
): void {
  let release;
  try {
    release = takeLock(workspace.files.lockFolder(name));
  } catch (error) {
    throw new Error(
      `could not import deployment: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  try {
    workspace.files.write(name, snapshot && sealedDeployment(snapshot, crypter));
  } finally {
    release();
  }
}
