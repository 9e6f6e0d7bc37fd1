import type { Command } from "../command";
import { takeLock } from "../../engine/lock";
import type { StackName } from "../../engine/stackFiles";
import { UsageError } from "../flags";
import { sealedDeployment } from "../stackState";
import { Workspace } from "../workspace";

export const stackInit: Command = {
  summary: "Create an empty stack",
  flags: {
    "secrets-provider": { kind: "text" },
    "no-select": { kind: "switch" },
    "copy-config-from": { kind: "refusedText" },
    remote: { kind: "refused" },
    teams: { kind: "refusedText" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const text = given.args[0] ?? given.text("stack");
    if (text === undefined) throw new UsageError("missing stack name");
    const secretsProvider = given.text("secrets-provider") ?? "passphrase";
    if (!["passphrase", "default", ""].includes(secretsProvider))
      throw new UsageError(
        `--secrets-provider ${secretsProvider}: the stand-in for Pulumi knows passphrase alone`,
      );
    const name = workspace.nameOf(text);
    const release = takeLock(workspace.files.lockFolder(name));
    try {
      create(name, workspace);
    } finally {
      release();
    }
    if (!given.has("no-select")) workspace.select(name);
    outside.stderr(`Created stack '${name.stack}'\n`);
    return 0;
  },
};

function create(name: StackName, workspace: Workspace): void {
  if (workspace.files.read(name) !== undefined)
    throw new Error(`stack 'organization/${name.project}/${name.stack}' already exists`);
  const crypter = workspace.crypter(name);
  const settings = workspace.settings(name);
  if (settings.salt === undefined) {
    settings.setSalt(crypter.salt);
    settings.save();
  }
  workspace.files.write(name, sealedDeployment({ resources: [], pendingOperations: [] }, crypter));
}
