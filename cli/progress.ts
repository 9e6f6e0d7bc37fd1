import { formatElapsed } from "../planning/elapsed";
import { visibleLines } from "../planning/visible";
import type { Io } from "./io";
import { picture } from "./picture";
import { fitted } from "./wrapped";

/** Tells people what long work is doing. */
export interface Progress {
  /** A new step begins. */
  step(title: string): void;
  /** Something happened; one line, which stays. */
  say(line: string): void;
  /** How things stand now, in place of how they stood before. */
  show(lines: readonly string[]): void;
  /** Takes away what would be drawn over; what was said stays. */
  close(): void;
}

/** Time, handed in so that tests can make it pass. */
export interface Ticking {
  /** Milliseconds, of any origin. */
  now(): number;
  /** Calls a function again and again; answers how to end that. */
  every(milliseconds: number, tick: () => void): () => void;
}

const realTime: Ticking = {
  now: () => performance.now(),
  every: (milliseconds, tick) => {
    const timer = setInterval(tick, milliseconds);
    // Progress is never what a process stays alive for.
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};

/** Nothing is silent for longer in a pipeline, whose readers take silence for a hang; more often, and nobody reads it. */
const HEARTBEAT_MS = 60_000;
/** Of what a heartbeat says. */
const LOG_COLUMNS = 120;
/** Often enough for a clock of seconds. */
const REDRAW_MS = 500;

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/**
 * Progress on stderr: where a person watches, the current step with its time is drawn over and over below the lines
 * that stay; in a pipeline every line stays, and a step that is silent for a minute says that it is still there.
 */
export function startProgress(io: Pick<Io, "stderr" | "draw" | "isTTY">, time: Ticking = realTime): Progress {
  return io.isTTY ? drawnProgress(io, time) : printedProgress(io, time);
}

function printedProgress({ stderr }: Pick<Io, "stderr">, time: Ticking): Progress {
  const startedAt = time.now();
  let title = "";
  let standing = "";
  let lastPrintedAt = startedAt;
  const print = (line: string) => {
    lastPrintedAt = time.now();
    stderr(`${formatElapsed(lastPrintedAt - startedAt).padStart(6)}  ${line}\n`);
  };
  const stop = time.every(1_000, () => {
    if (time.now() - lastPrintedAt < HEARTBEAT_MS || title === "") return;
    print(`still: ${standing === "" ? title : standing}`);
  });
  return {
    step(next) {
      title = next;
      standing = "";
      print(next);
    },
    say(line) {
      print(`  ${line}`);
    },
    show(lines) {
      standing = inOneLine(lines);
    },
    close: stop,
  };
}

/** Lines in one of a log, of about {@link LOG_COLUMNS}; others are counted. */
function inOneLine(lines: readonly string[]): string {
  const squeezed = lines.map((line) => line.replace(/ {2,}/g, "  "));
  let most = squeezed.length;
  while (most > 1 && squeezed.slice(0, most).join("; ").length > LOG_COLUMNS) most -= 1;
  const more = squeezed.length - most;
  return `${squeezed.slice(0, most).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function drawnProgress(
  { stderr, draw: write = stderr }: Pick<Io, "stderr" | "draw">,
  time: Ticking,
): Progress {
  // Asked anew each time, for windows change; a terminal that was never given a size says 0.
  const columns = () => process.stderr.columns || DEFAULT_COLUMNS;
  const rows = () => process.stderr.rows || DEFAULT_ROWS;
  const below = picture(write, { columns, rows });
  let title = "";
  let stepStartedAt = time.now();
  let standing: readonly string[] = [];
  const redraw = () => {
    if (title === "") return;
    const lines = standing.flatMap((line) => fittedLines(line, columns()));
    // The time, the cursor and one free line have their place as well.
    below.draw([`  ${formatElapsed(time.now() - stepStartedAt)}`, ...atMost(lines, Math.max(1, rows() - 3))]);
  };
  const stop = time.every(REDRAW_MS, redraw);
  return {
    step(next) {
      below.leave([visibleLines(next)]);
      title = next;
      stepStartedAt = time.now();
      standing = [];
      redraw();
    },
    say(line) {
      below.leave(fittedLines(line, columns()));
      redraw();
    },
    show(lines) {
      standing = lines;
      redraw();
    },
    close() {
      stop();
      below.end();
    },
  };
}

/** A line as a terminal shows it: names are not broken, as the terminal itself would. */
function fittedLines(line: string, columns: number): string[] {
  return fitted(`  ${visibleLines(line)}`, columns).split("\n");
}

/** The first lines, and how many others there are: a terminal would rather lose the first ones. */
function atMost(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), `  ... and ${lines.length - most + 1} more lines`];
}
