import type { PulumiCommand } from "@pulumi/pulumi/automation";

/** The part of a PulumiCommand that its declaration keeps to itself: runs pulumi with arguments. */
interface Runnable {
  readonly run: (
    this: Pick<PulumiCommand, "command" | "version">,
    args: string[],
    ...rest: unknown[]
  ) => Promise<unknown>;
}

/**
 * Starts pulumi in a process group of its own and hands it one request to stop, however many arrive.
 *
 * At a terminal, Ctrl-C goes to every process of the foreground group, and the Automation API sends another SIGINT
 * when its signal is aborted. pulumi takes the second for "at once": it drops what is under way, and its state no
 * longer knows what became of it.
 */
const LAUNCHER = `
const { spawn } = require("node:child_process");
const { delimiter, dirname, isAbsolute } = require("node:path");
const [command, ...args] = process.argv.slice(1);
// Plugins that lie beside a pulumi of one's own are its own, as without a launcher.
if (isAbsolute(command)) process.env.PATH = dirname(command) + delimiter + process.env.PATH;
const pulumi = spawn(command, args, { detached: true, stdio: "inherit" });
let isAsked = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (!isAsked) pulumi.kill("SIGINT");
    isAsked = true;
  });
}
pulumi.on("error", (error) => {
  console.error(String(error));
  process.exit(255);
});
pulumi.on("exit", (code) => process.exit(code ?? 255));
`;

/** The same pulumi, whose processes are asked to stop once and then left to put their house in order. */
export function stoppedGently(pulumi: PulumiCommand): PulumiCommand {
  const { command, version } = pulumi;
  const launcher = { command: process.execPath, version };
  const { run } = pulumi as PulumiCommand & Runnable;
  const gentle: Pick<PulumiCommand, "command" | "version"> & Runnable = {
    command,
    version,
    run: (args, ...rest) => run.call(launcher, ["-e", LAUNCHER, "--", command, ...args], ...rest),
  };
  return gentle;
}
