import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "../command";
import { fromDeploymentJson, type DeploymentJson } from "../../engine/deploymentJson";
import { passphraseCrypter, passphraseOf, unsealed } from "../../engine/secrets";
import { orderMistakes } from "../../engine/stepOrder";
import { Workspace } from "../workspace";
import { writeSnapshot } from "../writeSnapshot";

export const stackImport: Command = {
  summary: "Replace the state of a stack by one that was exported",
  flags: { file: { kind: "text" }, force: { kind: "switch", short: "f" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const file = given.text("file");
    const text = readFileSync(file === undefined ? 0 : resolve(workspace.folder, file), "utf8");
    const { version, deployment } = JSON.parse(text) as { version?: number; deployment?: DeploymentJson };
    if (version !== 3)
      throw new Error(`the file has version ${String(version)}; only version 3 is understood`);
    // What was exported may have been encrypted with another salt; a plain export has secrets in plain text.
    const salt = deployment?.secrets_providers?.state?.salt;
    const crypter = workspace.crypter(name);
    const theirs = passphraseCrypter(
      passphraseOf(outside.env, (path) => readFileSync(path, "utf8")),
      salt ?? crypter.salt,
    );
    const snapshot =
      deployment && fromDeploymentJson(deployment, (properties) => unsealed(properties, theirs));
    refuseWrong(name, snapshot?.resources ?? [], given.has("force"));
    for (const { type, resource } of snapshot?.pendingOperations ?? [])
      outside.stderr(`warning: removing pending operation '${type}' on '${resource.urn}' from snapshot\n`);
    const settled = snapshot && { ...snapshot, pendingOperations: [] };
    writeSnapshot(workspace, name, settled, crypter);
    outside.stdout("Import complete.\n");
    return 0;
  },
};

function refuseWrong(
  { project, stack }: { project: string; stack: string },
  resources: Parameters<typeof orderMistakes>[0],
  force: boolean,
): void {
  const prefix = `urn:pulumi:${stack}::${project}::`;
  const mistakes = [
    ...resources.filter(({ urn }) => !urn.startsWith(prefix)).map(({ urn }) => `${urn} is of another stack`),
    ...orderMistakes(resources),
  ];
  if (mistakes.length > 0 && !force)
    throw new Error(
      `importing this file could be dangerous; rerun with --force to proceed anyway:\n${mistakes.join("\n")}`,
    );
}
