import type { Command } from "../command";
import { UsageError } from "../flags";
import { readKey } from "../stackSettings";
import { Workspace } from "../workspace";

const flags: Command["flags"] = { path: { kind: "switch" }, "config-file": { kind: "text" } };

export const configRm: Command = {
  summary: "Remove one value of the configuration",
  flags,
  run: (given, outside) => {
    if (given.args.length !== 1) throw new UsageError("config rm takes one key");
    return remove(new Workspace(given, outside), given.args, given.has("path"));
  },
};

export const configRmAll: Command = {
  summary: "Remove several values of the configuration",
  flags,
  run: (given, outside) => remove(new Workspace(given, outside), given.args, given.has("path")),
};

function remove(workspace: Workspace, texts: readonly string[], isPath: boolean): number {
  const settings = workspace.settings(workspace.stack);
  for (const text of texts) {
    const { key, path } = readKey(text, workspace.project.name, isPath);
    settings.remove(key, path);
  }
  settings.save();
  return 0;
}
