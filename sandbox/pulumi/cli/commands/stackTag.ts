import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "../command";
import { UsageError } from "../flags";
import { Workspace } from "../workspace";

type Tags = Readonly<Record<string, string>>;

/** A command on the tags of the stack that is meant. */
function tagCommand(
  summary: string,
  flags: Command["flags"],
  change: (tags: Tags, args: readonly string[]) => { tags?: Tags; text: (json: boolean) => string },
): Command {
  return {
    summary,
    flags,
    run: (given, outside) => {
      const workspace = new Workspace(given, outside);
      const path = workspace.files.tagsPath(workspace.stack);
      const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { tags: Tags }).tags : {};
      const { tags, text } = change(before, given.args);
      if (tags !== undefined) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, JSON.stringify({ version: 1, tags }));
      }
      outside.stdout(text(given.has("json")));
      return 0;
    },
  };
}

export const stackTagGet = tagCommand("Print a tag", {}, (tags, [name = ""]) => {
  const value = tags[name];
  if (value === undefined) throw new Error(`stack tag '${name}' not found`);
  return { text: () => `${value}\n` };
});

export const stackTagSet = tagCommand("Set a tag", {}, (tags, [name, value]) => {
  if (name === undefined || value === undefined)
    throw new UsageError("stack tag set takes a name and a value");
  return { tags: { ...tags, [name]: value }, text: () => "" };
});

export const stackTagRm = tagCommand("Remove a tag", {}, (tags, [name = ""]) => {
  const others = Object.entries(tags).filter(([key]) => key !== name);
  return { tags: Object.fromEntries(others), text: () => "" };
});

export const stackTagLs = tagCommand("List the tags", { json: { kind: "switch", short: "j" } }, (tags) => ({
  text: (json) =>
    json
      ? `${JSON.stringify(tags, null, 2)}\n`
      : Object.entries(tags)
          .map(([name, value]) => `${name}  ${value}\n`)
          .join(""),
}));
