import { readFileSync } from "node:fs";
import type { Command } from "../command";
import { UsageError } from "../flags";
import { readKey, type StackSettings } from "../stackSettings";
import type { Crypter } from "../../engine/secrets";
import { Workspace } from "../workspace";

export const configSet: Command = {
  summary: "Set one value of the configuration",
  flags: {
    path: { kind: "switch" },
    secret: { kind: "switch" },
    plaintext: { kind: "switch" },
    "config-file": { kind: "text" },
    type: { kind: "refusedText" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const [text, value] = given.args;
    if (text === undefined) throw new UsageError("config set takes a key and a value");
    const writer = settingsWriter(workspace, name);
    writer.set(text, value ?? readFileSync(0, "utf8").trimEnd(), {
      secret: given.has("secret"),
      path: given.has("path"),
    });
    writer.save();
    return 0;
  },
};

/** Sets values in a stack's settings, encrypting those that are secret. */
export function settingsWriter(
  workspace: Workspace,
  name: { project: string; stack: string },
): {
  set: (text: string, value: string, how: { secret: boolean; path: boolean }) => void;
  setStructure: (text: string, value: unknown) => void;
  save: () => void;
} {
  const settings = workspace.settings(name);
  const crypter = workspace.crypter(name);
  return {
    set: (text, value, how) => {
      const { key, path } = readKey(text, workspace.project.name, how.path);
      settings.set(
        key,
        path,
        how.secret ? secure(value, settings, crypter) : how.path ? typed(value) : value,
      );
    },
    setStructure: (text, value) => {
      settings.set(readKey(text, workspace.project.name, false).key, [], value);
    },
    save: () => {
      settings.save();
    },
  };
}

function secure(value: string, settings: StackSettings, crypter: Crypter): { secure: string } {
  if (settings.salt === undefined) settings.setSalt(crypter.salt);
  return { secure: crypter.encrypt(value) };
}

/** With --path a value that looks like one is a boolean or a number. */
function typed(value: string): string | boolean | number {
  if (value === "true" || value === "false") return value === "true";
  return /^(0|-?[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
