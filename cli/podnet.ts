#!/usr/bin/env node
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { exitCode } from "./exitCode";
import { run } from "./main";

// What Node versions the AWS SDK will support one day is for us to follow, not for those who run podnet.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

let writingFailed = false;
for (const [name, stream] of [
  ["standard output", process.stdout],
  ["standard error", process.stderr],
] as const) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`podnet ... | head`) is no failure, and takes nothing from the exit code.
    if (error.code === "EPIPE" || writingFailed) return;
    writingFailed = true;
    process.exitCode = exitCode.outside;
    if (stream !== process.stderr)
      process.stderr.write(`podnet: ${name} can't be written: ${error.message}\n`);
  });
}

/** Made when a command first asks for it: until then Ctrl-C ends podnet at once, also while it reads its input. */
let interruption: AbortController | undefined;
function signal(): AbortSignal {
  if (interruption === undefined) {
    const controller = (interruption = new AbortController());
    // One listener for each request that is under way, and there may be dozens.
    setMaxListeners(0, controller.signal);
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.on(name, () => {
        // Whoever asks twice does not want to wait.
        if (controller.signal.aborted) process.exit(exitCode.interrupted);
        controller.abort();
      });
    }
  }
  return interruption.signal;
}

void run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  isTTY: process.stderr.isTTY,
  get signal() {
    return signal();
  },
  readFile: (path) => readFileSync(path === "-" ? 0 : path, "utf8"),
}).then((code) => {
  if (!writingFailed) process.exitCode = code;
});
