// What tsc leaves to do: the files of the sandbox that are not TypeScript go beside the compiled ones, and what people
// run is made executable.
import { chmodSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";

cpSync("sandbox", "dist/sandbox", { recursive: true, filter: (source) => !source.endsWith(".ts") });
chmodSync("dist/cli/podnet.js", 0o755);
const plugins = "dist/sandbox/pulumi/bin";
for (const name of readdirSync(plugins)) chmodSync(join(plugins, name), 0o755);
