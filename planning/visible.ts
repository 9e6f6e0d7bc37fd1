/**
 * A text on one line, of which everything can be seen: what has no form of its own (control characters, marks that turn
 * the direction of reading, zero-width ones, other spaces and ends of lines) is written as `\u{202e}`.
 *
 * @param longest how many characters are kept; the others are counted.
 */
export function visible(text: string, longest = Infinity): string {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (hidden) =>
    hidden === "\n" ? "\\n" : codePoint(hidden),
  );
  // By characters, so that none is cut in half.
  const characters = Array.from(shown);
  if (characters.length <= longest) return shown;
  return `${characters.slice(0, longest).join("")}… (${characters.length - longest} more)`;
}

/**
 * A text of several lines for a terminal, of which everything can be seen: no control character moves its cursor, and no
 * mark turns the direction of reading. Ends of lines and tabs stay.
 */
export function visibleLines(text: string): string {
  return text.replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, codePoint);
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
