/** A part of a document that may be left out, in whole or in part. */
export interface Section {
  /** As a note names it: `the diff of prod`. */
  readonly what: string;
  /** What comes before its lines, and after them. */
  readonly open: string;
  readonly lines: readonly string[];
  readonly close: string;
}

/** A document that is as long as it may be. */
export interface Fitted {
  readonly text: string;
  /** What was left out, in words; none where all of it is there. */
  readonly cut: readonly string[];
}

/**
 * Puts sections behind one another for as long as there is room: one that is too long loses its last lines, and one of
 * which no line fits is left out.
 *
 * @param room how many characters (UTF-16 units, of which GitHub counts no more) there are.
 */
export function fit(sections: readonly Section[], room: number): Fitted {
  let left = room;
  const texts: string[] = [];
  const cut: string[] = [];
  for (const { what, open, lines, close } of sections) {
    const kept = linesThatFit(lines, left - open.length - close.length);
    if (kept < lines.length) {
      const missing = lines.length - kept;
      cut.push(kept === 0 ? what : `${missing.toLocaleString("en-US")} lines of ${what}`);
      if (kept === 0) continue;
    }
    const text = `${open}${lines.slice(0, kept).join("\n")}${close}`;
    texts.push(text);
    left -= text.length;
  }
  return { text: texts.join(""), cut };
}

function linesThatFit(lines: readonly string[], room: number): number {
  let left = room + 1;
  const tooLong = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return tooLong === -1 ? lines.length : tooLong;
}
