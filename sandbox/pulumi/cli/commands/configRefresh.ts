import type { Command } from "../command";
import { UsageError } from "../flags";
import { Workspace } from "../workspace";

export const configRefresh: Command = {
  summary: "Take the configuration back from the last update",
  flags: { force: { kind: "switch", short: "f" }, "config-file": { kind: "text" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const [last] = workspace.files.history(name);
    if (last === undefined) throw new Error("no previous deployment");
    if (!given.has("force"))
      throw new UsageError(
        "config refresh replaces the whole configuration of the stack; --force says that it may",
      );
    const settings = workspace.settings(name);
    settings.replaceConfig(last.config);
    settings.save();
    outside.stdout(`refreshed configuration for stack '${name.stack}'\n`);
    return 0;
  },
};
