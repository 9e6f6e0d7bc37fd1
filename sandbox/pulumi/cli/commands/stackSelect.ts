import type { Command } from "../command";
import { stackNotFound } from "../exitCode";
import { UsageError } from "../flags";
import { Workspace } from "../workspace";

export const stackSelect: Command = {
  summary: "Select the stack that later commands mean",
  flags: {
    create: { kind: "refused", short: "c" },
    remote: { kind: "refused" },
    "secrets-provider": { kind: "refusedText" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const text = given.args[0] ?? given.text("stack");
    if (text === undefined) throw new UsageError("missing stack name");
    const name = workspace.nameOf(text);
    if (workspace.files.read(name) === undefined) throw stackNotFound(text);
    workspace.select(name);
    return 0;
  },
};
