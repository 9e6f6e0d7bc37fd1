#!/usr/bin/env node
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { askOnTerminal } from "./askOnTerminal";
import { exitCode } from "./exitCode";
import type { Io } from "./io";
import { run, sayDefect, sayStopped } from "./main";
import { stopRequests } from "./stopRequests";

// What Node versions the AWS SDK will support one day is for us to follow, not for those who run podnet.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

let writingFailed = false;
/** Whether the reader of the answer has gone. */
let isUnread = false;
for (const [name, stream] of [
  ["standard output", process.stdout],
  ["standard error", process.stderr],
] as const) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`podnet ... | head`) is no failure, and takes nothing from the exit code.
    if (error.code === "EPIPE") {
      isUnread ||= stream === process.stdout;
      return;
    }
    if (writingFailed) return;
    writingFailed = true;
    process.exitCode = exitCode.outside;
    if (stream !== process.stderr)
      process.stderr.write(`podnet: ${name} can't be written: ${error.message}\n`);
  });
}

const argv = process.argv.slice(2);
const interruption = new AbortController();
// One listener for each request that is under way, and there may be dozens.
setMaxListeners(0, interruption.signal);

/** Whether the command looks at the signal, and puts its house in order. */
let isHeeded = false;
/** Whether something of an answer is written; with --json there is one document. */
let isAnswered = false;

const io: Io = {
  stdout: (text) => {
    isAnswered = true;
    process.stdout.write(text);
  },
  isUnread: () => isUnread,
  stderr: (text) => process.stderr.write(text),
  isTTY: process.stderr.isTTY,
  ask:
    process.stdin.isTTY && process.stderr.isTTY
      ? (question) => askOnTerminal(question, interruption.signal)
      : undefined,
  get signal() {
    isHeeded = true;
    return interruption.signal;
  },
  readFile: (path) => (path === "-" ? readStandardInput() : readFileSync(path, "utf8")),
};

const requestBy = stopRequests();

function stop(signal: NodeJS.Signals): void {
  const request = requestBy(signal, performance.now());
  interruption.abort();
  if (request !== "again" && isHeeded) return;
  // Whoever asks twice does not want to wait.
  if (!isAnswered) sayStopped(argv, io);
  process.exit(exitCode.interrupted);
}

// Of itself Node would end with 1, by which podnet says no.
process.on("uncaughtException", (error) => {
  process.exit(sayDefect(argv, error, isAnswered, io));
});

// From the beginning: what comes while a command is loaded is heard once it is.
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
for (const name of SIGNALS) process.on(name, stop);

/** While podnet waits for its input, nothing here is called: there the signals end it by themselves. */
function readStandardInput(): string {
  for (const name of SIGNALS) process.removeListener(name, stop);
  try {
    return readFileSync(0, "utf8");
  } finally {
    for (const name of SIGNALS) process.on(name, stop);
  }
}

void run(argv, io).then((code) => {
  if (!writingFailed) process.exitCode = code;
});
