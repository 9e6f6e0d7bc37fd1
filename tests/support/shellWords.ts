/**
 * The commands of a shell text as their words: those on both sides of pipes and lists, and those inside `$(...)`. Words
 * have lost their quotes; redirections, here documents, comments and assignments are left out.
 *
 * Knows what documentation uses of a shell, and nothing more.
 */
export function shellCommands(text: string): string[][] {
  const lines = text.replace(/<<(\w+)\n[^]*?\n\1$/gm, "").replace(/\\\n/g, " ");
  const reader = new Reader(lines);
  reader.read();
  return reader.commands
    .map((words) => withoutRedirections(words).filter((word, index) => index > 0 || !/^\w+=/.test(word)))
    .filter((words) => words.length > 0);
}

class Reader {
  readonly commands: string[][] = [];
  private words: string[] = [];
  private word: string | undefined;
  private at = 0;

  constructor(private readonly text: string) {}

  read(): void {
    for (; this.at < this.text.length; this.at += 1) this.take(this.text.charAt(this.at));
    this.endCommand();
  }

  private take(char: string): void {
    if (char === "'") this.add(this.until("'"));
    else if (char === '"') this.add(this.substituted(this.until('"')));
    else if (char === "$" && this.text.charAt(this.at + 1) === "(") this.substitution();
    else if (char === "#" && this.word === undefined) this.until("\n", this.endCommand.bind(this));
    else if (/[\n;|&]/.test(char)) this.endCommand();
    else if (/\s/.test(char)) this.endWord();
    else this.add(char);
  }

  /** The text up to a mark, which is passed. */
  private until(mark: string, then?: () => void): string {
    const end = this.text.indexOf(mark, this.at + 1);
    const inside = this.text.slice(this.at + 1, end === -1 ? this.text.length : end);
    this.at = end === -1 ? this.text.length : end;
    then?.();
    return inside;
  }

  private substitution(): void {
    this.at += 1;
    this.add(this.substituted(`$(${this.until(")")})`));
  }

  /** A text whose `$(...)` have become commands of their own. */
  private substituted(text: string): string {
    return text.replace(/\$\(([^)]*)\)/g, (_, inner: string) => {
      this.commands.push(...shellCommands(inner));
      return "SUBSTITUTED";
    });
  }

  private add(part: string): void {
    this.word = (this.word ?? "") + part;
  }

  private endWord(): void {
    if (this.word !== undefined) this.words.push(this.word);
    this.word = undefined;
  }

  private endCommand(): void {
    this.endWord();
    if (this.words.length > 0) this.commands.push(this.words);
    this.words = [];
  }
}

function withoutRedirections(words: readonly string[]): string[] {
  const isBehind = (index: number) => /^\d?[<>]+$/.test(words[index - 1] ?? "");
  return words.filter((word, index) => !/^\d?[<>]/.test(word) && !isBehind(index));
}
