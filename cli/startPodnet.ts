import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { exitCode } from "./exitCode";

/**
 * Runs podnet with arguments.
 *
 * @returns its exit code, one of podnet's own, and what it printed.
 */
export type StartPodnet = (
  args: readonly string[],
  outside: {
    /** Takes each line of its stderr. */
    readonly onLine: (line: string) => void;
    /** Asks it to stop. */
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly code: number; readonly stdout: string }>;

/** podnet as it is installed. By the package's own name, which is found from the sources and from dist alike. */
const SCRIPT = join(dirname(require.resolve("eks-pod-network/package.json")), "dist", "cli", "podnet.js");

/** Runs podnet in a process of its own, of this Node. */
export const startPodnet = podnetStarter(SCRIPT);

/** @param script what is run as podnet. */
export function podnetStarter(script: string): StartPodnet {
  return (args, { onLine, signal }) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [script, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        // At a terminal Ctrl-C goes to every process of the foreground group, and podnet takes a second request to stop
        // for "at once". In a group of its own it gets one: ours.
        detached: true,
      });
      const stop = () => {
        child.kill("SIGTERM");
      };
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      // Whoever asks twice ends this process at once, and with it those that it started.
      process.on("exit", stop);

      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      createInterface({ input: child.stderr }).on("line", onLine);
      const ended = (code: number | null) => {
        signal.removeEventListener("abort", stop);
        process.removeListener("exit", stop);
        const isOurs = Object.values<number | null>(exitCode).includes(code);
        resolve({ code: isOurs && code !== null ? code : exitCode.outside, stdout });
      };
      child.on("error", (error) => {
        onLine(`podnet can't be started: ${error.message}`);
        ended(null);
      });
      child.on("close", (code, killedBy) => {
        if (killedBy !== null) onLine(`podnet was ended by ${killedBy}`);
        ended(code);
      });
    });
}
