import {
  fromDeploymentJson,
  toDeploymentJson,
  type DeploymentJson,
  type Snapshot,
} from "../engine/deploymentJson";
import { sealed, unsealed, type Crypter } from "../engine/secrets";
import type { StackName } from "../engine/stackFiles";
import { VERSION } from "./version";
import type { Workspace } from "./workspace";

/** What a stack consists of, from its file. */
export function readSnapshot(workspace: Workspace, name: StackName, crypter: Crypter): Snapshot {
  const deployment = workspace.files.read(name)?.deployment;
  if (deployment === undefined) return { resources: [], pendingOperations: [] };
  return fromDeploymentJson(deployment, (properties) => unsealed(properties, crypter));
}

/** The deployment JSON of a stack, its secrets encrypted. */
export function sealedDeployment(snapshot: Snapshot, crypter: Crypter): DeploymentJson {
  return toDeploymentJson(snapshot, {
    time: new Date().toISOString(),
    version: VERSION,
    salt: crypter.salt,
    write: (properties) => sealed(properties, crypter),
  });
}
