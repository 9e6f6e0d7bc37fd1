import type { Command } from "../command";
import { Workspace } from "../workspace";
import { summaryOf } from "./stackLs";

export const stack: Command = {
  summary: "Tell about the stack that is meant",
  flags: {
    "show-name": { kind: "switch" },
    "show-ids": { kind: "ignored", short: "i" },
    "show-urns": { kind: "switch", short: "u" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    if (given.has("show-name")) {
      outside.stdout(`${name.stack}\n`);
      return 0;
    }
    const { resourceCount } = summaryOf(workspace.files, name);
    const urns = workspace.files.read(name)?.deployment?.resources?.map(({ urn }) => `    ${urn}\n`) ?? [];
    outside.stdout(
      `Current stack is ${name.stack}:\n    Current stack resources (${resourceCount}):\n${given.has("show-urns") ? urns.join("") : ""}`,
    );
    return 0;
  },
};
