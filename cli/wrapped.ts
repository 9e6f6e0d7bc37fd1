/** The width of help and of answers, in columns, where a terminal has no less. */
export const TEXT_COLUMNS = 100;

/**
 * Prose in lines of so many columns at the most: lines that follow each other are one paragraph. Indented lines stay
 * lines, those of a list are broken below what they say; example commands stay as they are, to be pasted.
 */
export function reflowed(text: string, columns = TEXT_COLUMNS): string {
  const blocks: string[] = [];
  let isProse = false;
  for (const line of text.split("\n")) {
    const isNext = line !== "" && !/^[\s-]/.test(line) && !line.endsWith(":");
    const last = blocks.at(-1);
    if (isProse && isNext && last !== undefined) blocks[blocks.length - 1] = `${last} ${line}`;
    else blocks.push(line);
    isProse = isNext;
  }
  return blocks
    .map((block) => (/^ +podnet /.test(block) ? block : wrapped(block, columns, " ".repeat(hangOf(block)))))
    .join("\n");
}

/** Where the text of a line of a list begins: behind its term, or at its indent. */
function hangOf(line: string): number {
  return /^ +(?:\S+ {2,})?/.exec(line)?.[0].length ?? 0;
}

/** One line in several, broken at spaces, those behind the first indented; a word that is longer stays whole. */
export function wrapped(line: string, columns = TEXT_COLUMNS, indent = ""): string {
  const [first = "", ...words] = line.split(" ");
  const lines: string[] = [];
  let current = first;
  for (const word of words) {
    if (current.length + 1 + word.length <= columns) current = `${current} ${word}`;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current].join("\n");
}
