import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Command lines of all processes of this computer that name a path. */
export function processesOf(path: string): string[] {
  return allCommandLines().filter((line) => line.includes(path));
}

function allCommandLines(): string[] {
  if (process.platform !== "linux") {
    return execFileSync("ps", ["-axww", "-o", "command="], { encoding: "utf8" }).split("\n");
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        // It has ended while we looked.
        return "";
      }
    });
}
