import type { Command } from "../command";
import { effectiveValue } from "../runtimeConfig";
import { Workspace } from "../workspace";

export const stackHistory: Command = {
  summary: "List what was done to a stack, the newest first",
  flags: {
    json: { kind: "switch", short: "j" },
    "show-secrets": { kind: "switch" },
    "page-size": { kind: "text" },
    page: { kind: "text" },
    "full-dates": { kind: "ignored" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const size = Number(given.text("page-size") ?? "10");
    const page = Number(given.text("page") ?? "1");
    const all = workspace.files.history(name);
    const some = size > 0 ? all.slice((page - 1) * size, page * size) : all;
    const crypter = workspace.crypter(name);
    const updates = some.map((update, index) => ({
      ...update,
      version: all.length - ((page - 1) * size + index),
      startTime: isoSeconds(update.startTime),
      endTime: isoSeconds(update.endTime),
      config: Object.fromEntries(
        Object.entries(update.config).map(([key, written]) => {
          const { value, objectValue, secret } = effectiveValue(written, crypter, given.has("show-secrets"));
          return [
            key,
            {
              ...(value !== undefined && { value }),
              ...(objectValue !== undefined && { objectValue }),
              secret,
            },
          ];
        }),
      ),
    }));
    outside.stdout(
      given.has("json")
        ? `${JSON.stringify(updates, null, 2)}\n`
        : updates.map((update) => `${update.startTime} ${update.kind} ${update.result}\n`).join(""),
    );
    return 0;
  },
};

function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
