import type { Command } from "../command";
import { UsageError } from "../flags";
import { Workspace } from "../workspace";
import { settingsWriter } from "./configSet";

interface GivenValue {
  readonly value?: string;
  readonly objectValue?: unknown;
  readonly secret?: boolean;
}

export const configSetAll: Command = {
  summary: "Set several values of the configuration",
  flags: {
    path: { kind: "switch" },
    secret: { kind: "repeated" },
    plaintext: { kind: "repeated" },
    json: { kind: "text" },
    "config-file": { kind: "text" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const json = given.text("json");
    const writer = settingsWriter(workspace, name);
    if (json === undefined) {
      const path = given.has("path");
      for (const { flag, value } of given.inOrder) {
        if (flag !== "secret" && flag !== "plaintext") continue;
        const at = value.indexOf("=");
        if (at < 0) throw new UsageError(`${value} is not KEY=VALUE`);
        writer.set(value.slice(0, at), value.slice(at + 1), { secret: flag === "secret", path });
      }
    } else {
      const values = JSON.parse(json) as Readonly<Record<string, GivenValue>>;
      const settings = workspace.settings(name);
      for (const [key, { value, objectValue, secret = false }] of Object.entries(values)) {
        if (objectValue === undefined) writer.set(key, value ?? "", { secret, path: false });
        else if (secret)
          throw new UsageError(`${key}: ${settings.path} can't have a structure that is secret as a whole`);
        else writer.setStructure(key, objectValue);
      }
    }
    writer.save();
    return 0;
  },
};
