import type { Command } from "../command";
import { effectiveValue, effectiveValues, type EffectiveValue } from "../runtimeConfig";
import { Workspace } from "../workspace";

export const config: Command = {
  summary: "List the configuration of a stack",
  flags: {
    json: { kind: "switch", short: "j" },
    "show-secrets": { kind: "switch" },
    "config-file": { kind: "text" },
    open: { kind: "refused" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const crypter = workspace.crypter(name);
    const shown = [...effectiveValues(workspace.project, workspace.settings(name))].map(
      ([key, value]) => [key, effectiveValue(value, crypter, given.has("show-secrets"))] as const,
    );
    outside.stdout(
      given.has("json")
        ? `${JSON.stringify(Object.fromEntries(shown.map(([key, value]) => [key, shownValue(value)])), null, 2)}\n`
        : shown.map(([key, { value }]) => `${key}  ${value ?? "[secret]"}\n`).join(""),
    );
    return 0;
  },
};

/** A value as `--json` has it. */
export function shownValue({ value, objectValue, secret }: EffectiveValue): object {
  return { ...(value !== undefined && { value }), ...(objectValue !== undefined && { objectValue }), secret };
}
