import { EXIT_CODE } from "./exitCode";
import { run } from "./run";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // Whoever interrupts twice does not want to wait; the state says what was being done.
    if (interrupted.signal.aborted) process.exit(EXIT_CODE.failed);
    process.stderr.write(
      "^C received; cancelling. What was begun is finished first; a second one ends at once.\n",
    );
    interrupted.abort();
  });

void run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  signal: interrupted.signal,
}).then((code) => {
  process.exitCode = code;
});
