// What tsc leaves to do: what was made of sources that are gone goes too, the files of the sandbox that are not
// TypeScript go beside the compiled ones, and what people run is made executable.
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const built = join(entry.parentPath, entry.name);
  const source = relative("dist", built);
  const isOfSource = [source, source.replace(/(\.d\.ts|\.js)$/, ".ts")].some((path) => existsSync(path));
  if (!isOfSource && source !== ".tsbuildinfo") rmSync(built, { recursive: true, force: true });
}
cpSync("sandbox", "dist/sandbox", { recursive: true, filter: (source) => !source.endsWith(".ts") });
chmodSync("dist/cli/podnet.js", 0o755);
const plugins = "dist/sandbox/pulumi/bin";
for (const name of readdirSync(plugins)) chmodSync(join(plugins, name), 0o755);
