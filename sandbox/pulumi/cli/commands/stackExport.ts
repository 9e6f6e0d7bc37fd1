import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "../command";
import { toDeploymentJson } from "../../engine/deploymentJson";
import { opened } from "../../engine/secrets";
import { readSnapshot } from "../stackState";
import { Workspace } from "../workspace";

export const stackExport: Command = {
  summary: "Print the state of a stack",
  flags: { file: { kind: "text" }, "show-secrets": { kind: "switch" }, version: { kind: "refusedText" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const written = workspace.files.read(name)?.deployment;
    const crypter = workspace.crypter(name);
    const deployment =
      written &&
      (given.has("show-secrets")
        ? toDeploymentJson(readSnapshot(workspace, name, crypter), {
            time: written.manifest.time,
            version: written.manifest.version,
            salt: crypter.salt,
            write: opened,
          })
        : written);
    const text = `${JSON.stringify({ version: 3, ...(deployment && { deployment }) }, null, 4)}\n`;
    const file = given.text("file");
    if (file === undefined) outside.stdout(text);
    else writeFileSync(resolve(workspace.folder, file), text, { mode: 0o600 });
    return 0;
  },
};
