import { readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Command, Outside } from "../command";
import { UsageError } from "../flags";
import { findPlugin } from "../../engine/plugin";

export const pluginLs: Command = {
  summary: "List the plugins on the PATH",
  flags: { json: { kind: "switch", short: "j" }, project: { kind: "ignored", short: "p" } },
  run: (given, outside) => {
    const plugins = pluginsOn(outside);
    outside.stdout(
      given.has("json")
        ? `${JSON.stringify(plugins, null, 2)}\n`
        : plugins.map(({ name, path }) => `${name}  resource  ${path}\n`).join(""),
    );
    return 0;
  },
};

export const pluginInstall: Command = {
  summary: "Say whether a plugin is there; nothing is ever downloaded",
  flags: {
    server: { kind: "ignoredText" },
    reinstall: { kind: "refused" },
    exact: { kind: "ignored" },
    file: { kind: "refusedText", short: "f" },
    checksum: { kind: "refusedText" },
  },
  run: (given, outside) => {
    const [kind, name] = given.args;
    if (kind !== "resource" || name === undefined)
      throw new UsageError(
        "plugin install takes: resource NAME VERSION; the stand-in for Pulumi has no other kind",
      );
    const path = findPlugin(name, outside.env.PATH ?? "");
    outside.stderr(`[resource plugin ${name}] found on the PATH: ${path}\n`);
    return 0;
  },
};

function pluginsOn({ env }: Outside): {
  name: string;
  kind: string;
  path: string;
  size: number;
  installTime: string;
  lastUsedTime: string;
  serverURL: string;
}[] {
  const found = new Map<string, string>();
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    for (const file of filesIn(folder)) {
      const name = /^pulumi-resource-([\w-]+)$/.exec(file)?.[1];
      if (name !== undefined && !found.has(name)) found.set(name, join(folder, file));
    }
  }
  return [...found].map(([name, path]) => {
    const { size, mtime, atime } = statSync(path);
    return {
      name,
      kind: "resource",
      path,
      size,
      installTime: mtime.toISOString(),
      lastUsedTime: atime.toISOString(),
      serverURL: "",
    };
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
