import { spawn } from "node:child_process";

/** How long a command may take to answer; it is run again and again while others wait for it. */
const TIMEOUT_MS = 60_000;
/** Of what it says, this many characters at its end are kept. */
const KEPT = 2_000;

/**
 * Runs a person's own command by the shell, in a process group of its own, to hear whether all is well: exit code 0
 * means that it is.
 *
 * @param timeoutMs after which it is killed. @default a minute
 * @returns why it is not, with the last line that the command said; none where it is.
 * @throws the signal's reason; it kills the command.
 */
export async function unwellBy(
  command: string,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-KEPT);
    });
  }
  const killed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  killed.addEventListener("abort", kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    signal.throwIfAborted();
    if (killed.aborted) return `${command}: it did not end within ${timeoutMs / 1000} s`;
    if (code === 0) return undefined;
    const last = said.trim().split("\n").at(-1) ?? "";
    const how = code === null ? "it was killed" : `exit code ${code}`;
    return `${command}: ${how}${last === "" ? "" : `: ${last}`}`;
  } finally {
    killed.removeEventListener("abort", kill);
  }
}

/** Kills a process with all that it has started; one that has just ended is as good. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
