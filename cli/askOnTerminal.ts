import { createInterface } from "node:readline";

/** Where a person types, and where they read what they are asked. */
interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks a person on a terminal, and answers the line that they type.
 *
 * The terminal stays as it is, and edits the line itself: Ctrl-C is a signal of the process as ever.
 *
 * @param signal ends the question.
 * @returns none where the input ends, as by Ctrl-D, or the signal is aborted.
 */
export function askOnTerminal(
  question: string,
  signal: AbortSignal,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
      return;
    }
    output.write(question);
    const lines = createInterface({ input, terminal: false });
    const end = () => {
      lines.close();
    };
    signal.addEventListener("abort", end, { once: true });
    let answer: string | undefined;
    lines.once("line", (line) => {
      answer = line;
      end();
    });
    lines.once("close", () => {
      signal.removeEventListener("abort", end);
      // The next line is below the question in any case.
      if (answer === undefined) output.write("\n");
      resolve(answer);
    });
  });
}
