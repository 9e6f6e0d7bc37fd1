import { visible } from "../../planning/visible";

/** A name or a line is no longer than this in a comment; the rest is counted. */
const LONGEST = 300;

/** What means nothing to Markdown, HTML or GitHub wherever it stands. */
const HARMLESS_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/,=-]*(?<! )$/;

/**
 * A name that somebody else chose, as code: no Markdown, no HTML, no @mention and no reference to an issue comes of it,
 * in a table or outside.
 */
export function code(name: string): string {
  const text = visible(name, LONGEST);
  if (HARMLESS_NAME.test(text)) return `\`${text}\``;
  return `<code>${text.replace(/[^\p{L}\p{N} ]/gu, entity)}</code>`;
}

/** What may stand in a sentence anywhere but at its beginning, where a list, a heading or a quotation could come of it. */
const SAFE_SIGNS = /[-.,;()/'"?!%=+>]/;

/**
 * A sentence in which names occur that somebody else chose, as text: of those names comes nothing but letters.
 *
 * @param longest how many characters are kept. @default 300
 */
export function sentence(text: string, longest = LONGEST): string {
  return visible(text, longest).replace(/[!-/:-@[-`{-~]/g, (sign, at: number, whole: string) => {
    const [before, after] = [whole.slice(0, at), whole.slice(at + 1)];
    // Decoded, these would still call people, or become a link; in code GitHub looks for neither.
    if (isOfLink(sign, before, after)) return `<code>${entity(sign)}</code>`;
    const isFirst = /^ *\d*$/.test(before);
    const endsClause = sign === ":" && /^(?: |$)/.test(after);
    return !isFirst && (endsClause || SAFE_SIGNS.test(sign)) ? sign : entity(sign);
  });
}

/** Whether a character makes a mention of @octocat, a reference of #1 and GH-1, or a link of what is around it. */
function isOfLink(sign: string, before: string, after: string): boolean {
  switch (sign) {
    case "@":
    case "#":
      return true;
    case "-":
      return /\bgh$/i.test(before);
    case ".":
      return /\bwww$/i.test(before);
    case ":":
      return after.startsWith("//");
    default:
      return false;
  }
}

/** A character in a form that is never part of Markdown's syntax (CommonMark, "Entity and numeric character references"). */
function entity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

/** A line of what is shown as it is; harmless between the fences of `fenceFor`. */
export function rawLine(text: string): string {
  return visible(text, LONGEST);
}

/** Backticks that fence lines in: more than any of them has at a time (CommonMark, "Fenced code blocks"). */
export function fenceFor(lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
  // There may be more runs than a function takes arguments.
  return "`".repeat(runs.reduce((length, run) => Math.max(length, run.length + 1), 3));
}
