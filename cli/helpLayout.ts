import type { HelpConfiguration } from "commander";
import { reflowed, terminalColumns, wordsOfProse, wrapped } from "./wrapped";

/** What is said of an argument, an option or a command stands beside it where it has at least so much room. */
const ROOM_BESIDE = 30;
/** Else below it, so far in. */
const BELOW = 6;

/** How help is laid out, whatever command it is of: no wider than the terminal, and read well on a narrow one too. */
export const helpLayout: HelpConfiguration = {
  // What it means without a value, and what holds by default, its text says already.
  optionDescription: ({ description }) => description,
  formatItem: (term, termWidth, description) => {
    const columns = terminalColumns();
    if (description === "") return `  ${term}`;
    const hang = 2 + termWidth + 2;
    if (columns - hang >= ROOM_BESIDE) {
      const beside = `  ${term.padEnd(termWidth)}  ${description}`;
      return wrapped(beside, columns, " ".repeat(hang), wordsOfProse);
    }
    const indent = " ".repeat(BELOW);
    return `  ${term}\n${wrapped(indent + description, columns, indent, wordsOfProse)}`;
  },
};

/** The text of a help below its options: examples, and what is to be known. */
export function helpText(help: string): string {
  return `\n${reflowed(help, terminalColumns())}`;
}
