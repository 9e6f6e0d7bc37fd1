#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { run } from "./main";

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
