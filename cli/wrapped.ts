/** The width of help and of answers, in columns, where a terminal has no less. */
export const TEXT_COLUMNS = 100;

/** The width of what is written: the terminal's, but never more than {@link TEXT_COLUMNS}. @default to stdout */
export function terminalColumns(stream: { readonly columns?: number } = process.stdout): number {
  // A terminal that was never given a size says 0, and a pipeline says nothing.
  return Math.min(TEXT_COLUMNS, stream.columns || TEXT_COLUMNS);
}

/**
 * Prose in lines of so many columns at the most: lines that follow each other are one paragraph. Indented lines stay
 * lines, those of a list are broken below what they say; example commands stay as they are, to be pasted.
 */
export function reflowed(text: string, columns = TEXT_COLUMNS): string {
  const blocks: string[] = [];
  let isProse = false;
  for (const line of text.split("\n")) {
    const isOfParagraph = line !== "" && !/^\s|^- /.test(line);
    const last = blocks.at(-1);
    if (isProse && isOfParagraph && last !== undefined) blocks[blocks.length - 1] = `${last} ${line}`;
    else blocks.push(line);
    isProse = isOfParagraph && !line.endsWith(":");
  }
  return blocks
    .map((block) => {
      if (isCommand(block)) return block;
      const indent = block.startsWith(" ") ? answerHangOf(block, columns) : 0;
      return wrapped(block, columns, " ".repeat(indent), wordsOfProse);
    })
    .join("\n");
}

/**
 * An answer in lines of so many columns at the most; each of its lines stays a line of its own, with what does not fit
 * below it, indented. Names and commands that can be pasted stay whole, and are longer where they must be. Not for tables.
 */
export function fitted(text: string, columns = TEXT_COLUMNS): string {
  return text
    .split("\n")
    .map((line) => (isCommand(line) ? line : wrapped(line, columns, " ".repeat(answerHangOf(line, columns)))))
    .join("\n");
}

/** Whether a line is a command and nothing else. */
function isCommand(line: string): boolean {
  return /^ +(?:podnet|kubectl|aws) /.test(line);
}

/** Where the text of a line begins: behind its term or arrow, or at its indent. */
function hangOf(line: string): number {
  return /^ *(?:-> )?(?:\S+(?: \S+)* {2,})?/.exec(line)?.[0].length ?? 0;
}

/** Behind its term as well, but where that would leave no room; a line without one, two columns further in. */
function answerHangOf(line: string, columns: number): number {
  const indent = line.length - line.trimStart().length;
  const hang = hangOf(line);
  return hang > indent && hang <= columns / 2 ? hang : indent + 2;
}

/**
 * One line in several, broken at spaces, those behind the first indented; a word that is longer stays whole, and so does
 * a command of which it speaks, up to the end of that part of the sentence.
 *
 * @param words what stays whole. @default words and commands
 */
export function wrapped(line: string, columns = TEXT_COLUMNS, indent = "", words = unbreakable): string {
  const [first = "", ...pieces] = words(line);
  const lines: string[] = [];
  let current = first;
  for (const piece of pieces) {
    if (current.trim() === "" || current.length + 1 + piece.length <= columns)
      current = `${current} ${piece}`;
    // Of spaces that keep two things apart, none begins a line.
    else if (piece !== "") {
      lines.push(current.trimEnd());
      current = indent + piece;
    }
  }
  return [...lines, current.trimEnd()].join("\n");
}

/** Between words; but a run (`run 7f3a`) is one. */
const SPACE = /(?<!\brun) | (?![0-9a-f]{4}\b)/;

/** The words of a line; a command is one of them. */
function unbreakable(line: string): string[] {
  const pieces: string[] = [];
  let isInCommand = false;
  for (const word of line.split(SPACE)) {
    if (isInCommand) pieces[pieces.length - 1] = `${pieces.at(-1) ?? ""} ${word}`;
    else pieces.push(word);
    isInCommand = (isInCommand || /^[("]?(?:podnet|kubectl|aws)$/.test(word)) && !ENDS_PART.test(word);
  }
  return pieces;
}

/** How a word ends that is the last one of a part of a sentence: not in the dots of a folder, as `--work-dir=..`. */
const ENDS_PART = /(?<![.=/])[.,;:)]$/;

/**
 * The words of advice, which has commands to be pasted, and speaks of podnet's own by their names: those of others are whole
 * up to the end of that part of the sentence, of podnet's only what {@link wordsOfProse} takes for them.
 */
export function wordsOfAdvice(line: string): string[] {
  return unbreakable(line).flatMap((piece) => (/^[("]?podnet /.test(piece) ? wordsOfProse(piece) : [piece]));
}

/** How many words behind the name of a program say what it does: `podnet rotate`, `kubectl get daemonset`. */
const COMMAND_WORDS: Readonly<Record<string, number>> = { podnet: 1, kubectl: 2, aws: 2 };
/** Groups of podnet's commands, of which one more word says what is done: `podnet sandbox up`. */
const GROUPS: ReadonlySet<string> = new Set(["sandbox"]);

/**
 * The words of help, in which commands are spoken of by their names, and sentences go on behind them: only its flags and
 * what stands for a name (`podnet sandbox up --name NAME`) belong to one.
 */
export function wordsOfProse(line: string): string[] {
  const pieces: string[] = [];
  let expected = 0;
  let isInCommand = false;
  for (const word of line.split(SPACE)) {
    isInCommand &&= expected > 0 || /^(?:-|[A-Z]+\b)/.test(word);
    if (isInCommand) pieces[pieces.length - 1] = `${pieces.at(-1) ?? ""} ${word}`;
    else pieces.push(word);
    const isGroup = isInCommand && GROUPS.has(word);
    expected = COMMAND_WORDS[word.replace(/^[("]/, "")] ?? (isGroup ? 1 : expected - 1);
    isInCommand = (isInCommand || expected > 0) && !/[.,;:)]$/.test(word);
  }
  return pieces;
}
