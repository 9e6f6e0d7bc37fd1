import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a process of a sandbox writes to. */
export function logFile(folder: string, name: string): string {
  return join(folder, "logs", `${name}.log`);
}

/** What a process has written so far; empty when it was never started. */
export function logOf(folder: string, name: string): string {
  const file = logFile(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** The end of what processes have written, for a message. */
export function lastLines(folder: string, names: readonly string[]): string {
  return names
    .map((name) => ({ name, lines: logOf(folder, name).trim().split("\n").slice(-10) }))
    .filter(({ lines }) => lines.join("") !== "")
    .map(({ name, lines }) => `\n${lines.map((line) => `  ${name}: ${shortened(line)}`).join("\n")}`)
    .join("");
}

/** What a message shows of a line: etcd's hold whole stacks. */
const SHOWN = 300;

/** A line as messages show it. */
export function shortened(line: string): string {
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}...`;
}
