import { execFileSync } from "node:child_process";

/** Ends a process and all that it has started, at once and without a word, as a computer that loses its power. */
export function killTree(root: number): void {
  for (const pid of [root, ...descendantsOf(root)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself since.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Plugins are in process groups of their own, so that who has started whom is all that holds them together. */
function descendantsOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root);
}
