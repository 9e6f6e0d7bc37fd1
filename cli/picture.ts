import { Writable } from "node:stream";
import { createLogUpdate } from "log-update";

/** Lines on a terminal that are drawn over, below those that stay. */
export interface Picture {
  /** Puts these lines in the place of those that were drawn before. */
  draw(lines: readonly string[]): void;
  /** Takes away what is drawn, and leaves these lines in its place for good. */
  leave(lines: readonly string[]): void;
  /** Takes away what is drawn, and gives the cursor back. */
  end(): void;
}

/** How large a terminal is at the moment. */
interface Size {
  readonly columns: () => number;
  readonly rows: () => number;
}

/** Makes a picture of sequences that a terminal takes, each of which brings it from one state to the next whole one. */
export function picture(write: (sequences: string) => void, { columns, rows }: Size): Picture {
  let sequences = "";
  const terminal = new Writable({
    write(chunk: Buffer, _encoding, done) {
      sequences += chunk.toString();
      done();
    },
  });
  Object.defineProperties(terminal, { columns: { get: columns }, rows: { get: rows } });
  const update = createLogUpdate(terminal);
  const flush = () => {
    if (sequences !== "") write(sequences);
    sequences = "";
  };
  let drawn: string | undefined;
  return {
    draw(lines) {
      const text = lines.join("\n");
      if (text === drawn) return;
      // Of a picture with more or fewer lines than before, log-update 7 leaves some behind: it writes only those that
      // have changed, and not those below them that have moved.
      update.clear();
      update(text);
      drawn = text;
      flush();
    },
    leave(lines) {
      update.persist(lines.join("\n"));
      drawn = undefined;
      flush();
    },
    end() {
      update.clear();
      drawn = undefined;
      flush();
      update.done();
    },
  };
}
