import type { Command } from "../command";
import { UsageError } from "../flags";
import { breakLocks } from "../../engine/lock";
import { Workspace } from "../workspace";

export const cancel: Command = {
  summary: "Remove the locks of a stack, whoever has them",
  flags: { yes: { kind: "switch", short: "y" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    if (!given.has("yes"))
      throw new UsageError("--yes must be passed in to proceed when running in non-interactive mode");
    const [text] = given.args;
    const name = text === undefined ? workspace.stack : workspace.nameOf(text);
    breakLocks(workspace.files.lockFolder(name));
    outside.stdout(`The currently running update for '${name.stack}' has been canceled!\n`);
    return 0;
  },
};
