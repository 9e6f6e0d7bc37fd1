#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { run } from "./main";

// What Node versions the AWS SDK will support one day is for us to follow, not for those who run podnet.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// A reader that has seen enough (`podnet ... | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

void run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readFile: (path) => readFileSync(path === "-" ? 0 : path, "utf8"),
}).then((code) => {
  process.exitCode = code;
});
