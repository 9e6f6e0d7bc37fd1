import { CommandError, type PulumiCommand } from "@pulumi/pulumi/automation";
import { ENDED_BY_SIGNAL, stoppedOrNot } from "./pulumiStopped";

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
 *
 * Where pulumi was asked to stop, or was ended by a signal, its exit code says by which one.
 */
const LAUNCHER = `
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { delimiter, dirname, isAbsolute } = require("node:path");
const [command, ...args] = process.argv.slice(1);
// Plugins that lie beside a pulumi of one's own are its own, as without a launcher.
if (isAbsolute(command)) process.env.PATH = dirname(command) + delimiter + process.env.PATH;
let pulumi;
let asked;
// Before pulumi is there: a launcher that is ended by a signal leaves none behind.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (asked === undefined) pulumi.kill("SIGINT");
    asked ??= signal;
  });
}
pulumi = spawn(command, args, { detached: true, stdio: "inherit" });
pulumi.on("error", (error) => {
  console.error(String(error));
  process.exit(255);
});
pulumi.on("exit", (code, signal) => {
  const by = asked ?? signal;
  process.exit(code === 0 || by === null ? code : ${ENDED_BY_SIGNAL} + constants.signals[by]);
});
`;

/**
 * The same pulumi, whose processes are asked to stop once and then left to put their house in order. A command that a
 * signal ends rejects with PulumiStoppedError.
 */
export function stoppedGently(pulumi: PulumiCommand): PulumiCommand {
  const { command, version } = pulumi;
  const launcher = { command: process.execPath, version };
  const { run } = pulumi as PulumiCommand & Runnable;
  const gentle: Pick<PulumiCommand, "command" | "version"> & Runnable = {
    command,
    version,
    run: async (args, ...rest) => {
      const given = ["-e", LAUNCHER, "--", command, ...args];
      try {
        return await run.call(launcher, given, ...rest);
      } catch (error) {
        throw withoutLauncher(await stoppedOrNot(error), given);
      }
    },
  };
  return gentle;
}

/** The Automation API quotes the command line of what has failed; what people asked for is pulumi. */
function withoutLauncher(error: unknown, given: readonly string[]): unknown {
  if (!(error instanceof CommandError)) return error;
  const line = [process.execPath, ...given].join(" ");
  const asked = given.slice(given.indexOf("--") + 1).join(" ");
  error.message = error.message.replaceAll(line, () => asked);
  if (error.stack !== undefined) error.stack = error.stack.replaceAll(line, () => asked);
  return error;
}
