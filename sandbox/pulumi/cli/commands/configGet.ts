import type { Command } from "../command";
import { UsageError } from "../flags";
import { effectiveValue, effectiveValues } from "../runtimeConfig";
import { readKey } from "../stackSettings";
import { Workspace } from "../workspace";
import { shownValue } from "./config";

export const configGet: Command = {
  summary: "Print one value of the configuration",
  flags: {
    json: { kind: "switch", short: "j" },
    path: { kind: "switch" },
    "config-file": { kind: "text" },
    open: { kind: "refused" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const [text] = given.args;
    if (text === undefined) throw new UsageError("config get takes a key");
    const { key, path } = readKey(text, workspace.project.name, given.has("path"));
    const values = effectiveValues(workspace.project, workspace.settings(name));
    const found = path.reduce<unknown>(
      (value, part) => (value as Readonly<Record<string | number, unknown>> | undefined)?.[part],
      values.get(key),
    );
    if (found === undefined)
      throw new Error(`configuration key '${text}' not found for stack '${name.stack}'`);
    const value = effectiveValue(found, workspace.crypter(name), true);
    outside.stdout(
      given.has("json") ? `${JSON.stringify(shownValue(value), null, 2)}\n` : `${value.value ?? ""}\n`,
    );
    return 0;
  },
};
