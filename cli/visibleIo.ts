import { visibleLines } from "../planning/visible";
import type { Io } from "./io";

/**
 * An outside to which nothing is written but what can be seen. Names, tags, annotations and messages come from others,
 * and a terminal takes their control characters for commands: to overwrite what stands there, or to turn it round.
 */
export function visibleIo(io: Io): Io {
  const { ask } = io;
  return {
    stdout: (text) => {
      io.stdout(visibleLines(text));
    },
    stderr: (text) => {
      io.stderr(visibleLines(text));
    },
    isUnread: io.isUnread ?? (() => false),
    draw: io.draw ?? io.stderr,
    isTTY: io.isTTY,
    ask: ask && ((question) => ask(visibleLines(question))),
    readFile: io.readFile,
    // Whoever asks for it is known to look at it.
    get signal() {
      return io.signal;
    },
  };
}
