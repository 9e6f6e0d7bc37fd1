import type { Command } from "../command";
import { breakLocks } from "../../engine/lock";
import { stackNotFound } from "../exitCode";
import { Workspace } from "../workspace";

export const cancel: Command = {
  summary: "Remove the locks of a stack, whoever has them",
  flags: { yes: { kind: "switch", short: "y" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const [text] = given.args;
    const name = text === undefined ? workspace.stack : workspace.nameOf(text);
    if (workspace.files.read(name) === undefined) throw stackNotFound(name.stack);
    breakLocks(workspace.files.lockFolder(name));
    outside.stdout(`The currently running update for '${name.stack}' has been canceled!\n`);
    return 0;
  },
};
