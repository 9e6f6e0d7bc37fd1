import type { Command } from "../command";
import { takeLock } from "../../engine/lock";
import { stackNotFound } from "../exitCode";
import { UsageError } from "../flags";
import { Workspace } from "../workspace";

export const stackRm: Command = {
  summary: "Remove a stack and its settings",
  flags: {
    yes: { kind: "switch", short: "y" },
    force: { kind: "switch", short: "f" },
    "preserve-config": { kind: "switch" },
    "remove-backups": { kind: "refused" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    if (!given.has("yes")) throw new UsageError("non-interactive mode requires --yes flag");
    const [text] = given.args;
    const name = text === undefined ? workspace.stack : workspace.nameOf(text);
    const found = workspace.files.read(name);
    if (found === undefined) throw stackNotFound(name.stack);
    if ((found.deployment?.resources?.length ?? 0) > 0 && !given.has("force"))
      throw new Error(
        `'${name.stack}' still has resources; removal rejected. Possible actions:\n` +
          "- Make sure that '" +
          name.stack +
          "' is the stack that you want to destroy\n" +
          "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n" +
          "- Run `pulumi stack rm --force` to override this error",
      );
    const release = takeLock(workspace.files.lockFolder(name));
    try {
      workspace.files.remove(name);
    } finally {
      release();
    }
    if (!given.has("preserve-config")) workspace.settings(name).delete();
    if (workspace.selected === `organization/${name.project}/${name.stack}`) workspace.select(undefined);
    outside.stdout(`Stack '${name.stack}' has been removed!\n`);
    return 0;
  },
};
