import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { logFile, logOf } from "./logs";
import { logLinesOf, merged, type LogLine } from "./logLines";
import { placeOf, type SandboxPlace } from "./record";
import { SandboxError } from "./sandboxError";

export type { LogLine } from "./logLines";

/** How often it is looked for new lines. */
const POLL_MS = 200;

/** Which lines. */
export interface LogChoice {
  readonly parts: readonly string[];
  /** Milliseconds since 1970: lines from then on. @default all */
  readonly since?: number | undefined;
  /** At most that many, the last ones. @default all */
  readonly tail?: number | undefined;
}

/**
 * What the parts of a sandbox have written so far, in the order of time.
 *
 * @param now milliseconds since 1970.
 * @throws SandboxError when there is no such sandbox.
 */
export function readLogs(place: SandboxPlace, choice: LogChoice, now: number): LogLine[] {
  const { name, folder } = placeOf(place);
  if (!existsSync(folder))
    throw new SandboxError(`there is no sandbox ${name}`, "podnet sandbox list tells which there are.");
  const { parts, since = 0, tail = Infinity } = choice;
  const lines = merged(parts.map((part) => logLinesOf(part, logOf(folder, part), now)));
  return lines.filter(({ at }) => at >= since).slice(-tail);
}

/**
 * The same, and then what they write from now on; it ends when the signal is aborted or the sandbox is gone.
 *
 * @param now answers milliseconds since 1970.
 */
export async function* followLogs(
  place: SandboxPlace,
  choice: LogChoice,
  now: () => number,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { folder } = placeOf(place);
  const tails = choice.parts.map((part) => new LogTail(folder, part));
  const earlier = merged(tails.map((tail) => tail.read(now())));
  const { since = 0, tail = Infinity } = choice;
  yield* earlier.filter(({ at }) => at >= since).slice(-tail);
  while (existsSync(folder)) {
    try {
      await sleep(POLL_MS, undefined, { signal });
    } catch {
      return;
    }
    yield* merged(tails.map((each) => each.read(now())));
  }
}

/** A log that is read as it grows, by whole lines. */
class LogTail {
  private readonly decoder = new StringDecoder("utf8");
  private offset = 0;
  private rest = "";
  private at = 0;

  constructor(
    private readonly folder: string,
    private readonly part: string,
  ) {}

  /** The lines that are complete since the last time. */
  read(now: number): LogLine[] {
    const text = this.rest + this.written();
    const end = text.lastIndexOf("\n") + 1;
    this.rest = text.slice(end);
    const lines = logLinesOf(this.part, text.slice(0, end), now, this.at);
    this.at = lines.at(-1)?.at ?? this.at;
    return lines;
  }

  private written(): string {
    const file = logFile(this.folder, this.part);
    if (!existsSync(file)) return "";
    const descriptor = openSync(file, "r");
    try {
      const { size } = fstatSync(descriptor);
      // A sandbox that was reset writes a new one.
      if (size < this.offset) this.offset = 0;
      const bytes = Buffer.alloc(size - this.offset);
      this.offset += readSync(descriptor, bytes, 0, bytes.length, this.offset);
      return this.decoder.write(bytes);
    } finally {
      closeSync(descriptor);
    }
  }
}
