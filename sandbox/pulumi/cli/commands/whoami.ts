import { userInfo } from "node:os";
import type { Command } from "../command";
import { Workspace } from "../workspace";

export const whoami: Command = {
  summary: "Print who you are to the backend",
  flags: { json: { kind: "switch", short: "j" }, verbose: { kind: "ignored", short: "v" } },
  run: (given, outside) => {
    const { username: user } = userInfo();
    const url = new Workspace(given, outside).backendUrl;
    outside.stdout(given.has("json") ? `${JSON.stringify({ user, url }, null, 2)}\n` : `${user}\n`);
    return 0;
  },
};
