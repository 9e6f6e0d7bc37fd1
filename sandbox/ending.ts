import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDiskFull } from "./diskSpace";
import { causeIn, type FailureCause } from "./failureCause";
import { lastLines, logOf, shortened } from "./logs";
import { SandboxError } from "./sandboxError";
import { diskFullError, MORE_MEMORY } from "./waysOut";

/** Another program listens where one of ours was to: with other ports the same start succeeds. */
export class PortTakenError extends SandboxError {}

/** Where it is noted how a process ended, while whoever started it is there to see: an exit code, or a signal. */
export function endingFile(folder: string, name: string): string {
  return join(folder, "endings", name);
}

/** What is to be said of a process that has ended although it is needed. */
export function endedError(folder: string, name: string): SandboxError {
  const ended = `${name} ${endingOf(folder, name)}`;
  const told = tellingLine(folder, name);
  const because = told === undefined ? ended : `${ended}: ${shortened(told.line)}`;
  // On a full disk there may have been no room left to say so.
  if (told?.cause === "disk full" || isDiskFull(folder)) return diskFullError(folder, because);
  if (told?.cause === "port taken") {
    return new PortTakenError(
      because,
      "Stop the program that listens there, or try again: other ports are taken then.",
    );
  }
  if (told?.cause === "no memory") return new SandboxError(because, MORE_MEMORY);
  const last = lastLines(folder, [name]);
  const all = `${ended}${last === "" ? " without a word" : `; its last lines:${last}`}`;
  return new SandboxError(
    all,
    isKilled(folder, name)
      ? `podnet does not do that: a person did, or the system for want of memory, as dmesg tells. ${MORE_MEMORY}`
      : "Try again; podnet doctor says whether something is missing.",
  );
}

/** Why a process ended that nobody saw end, as a phrase; none where neither its log nor the disk tells. */
export function whyEnded(folder: string, name: string): string | undefined {
  return isDiskFull(folder) ? "disk full" : tellingLine(folder, name)?.cause;
}

/** How much of a log tells of its end, in characters. */
const MEANT = 8_000;

/** The last line of a log from which the cause of the end can be known. */
function tellingLine(folder: string, name: string): { line: string; cause: FailureCause } | undefined {
  const lines = logOf(folder, name).slice(-MEANT).trim().split("\n").reverse();
  for (const line of lines) {
    const cause = causeIn(line);
    // What a part waits for while it lives, such as another part, is no reason to end.
    if (cause !== undefined && cause !== "no network") return { line, cause };
  }
  return undefined;
}

function endingOf(folder: string, name: string): string {
  const ending = readEnding(folder, name);
  if (ending === undefined) return "ended";
  return isKilled(folder, name) ? "was killed (SIGKILL)" : `ended (${ending})`;
}

function isKilled(folder: string, name: string): boolean {
  return readEnding(folder, name) === "SIGKILL";
}

function readEnding(folder: string, name: string): string | undefined {
  const file = endingFile(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
