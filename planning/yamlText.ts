import {
  Lexer,
  parse,
  Parser,
  YAMLParseError,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
  type ToJSOptions,
} from "yaml";

/** The deepest nesting that is read, far beyond what a file of ours or of Kubernetes has. */
export const DEEPEST = 100;

/**
 * Whether a text of YAML is nested too deep to be read. Whoever reads it by recursion would run out of stack, and Node
 * ends the whole process where that happens within a regular expression.
 */
export function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // It goes on as far as its tokens are taken.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return true;
  }
  return false;
}

/**
 * Reads a text of YAML, whoever wrote it.
 *
 * @throws Error when it is none, or nested too deep; `whyNoYaml` tells why.
 */
export function parseYaml(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {},
): unknown {
  if (isTooDeep(text)) throw new RangeError(`It is nested more than ${DEEPEST} deep`);
  // Its warnings quote the text, and go to standard error.
  return parse(text, { logLevel: "error", ...options });
}

/**
 * Why a text could not be read as YAML, and where: `Map keys must be unique (line 3, column 7)`. Without a word of the
 * text itself, which may be secret.
 */
export function whyNoYaml(error: unknown): string {
  const isTag = error instanceof YAMLParseError && error.code === "TAG_RESOLVE_FAILED";
  const said = isTag ? BAD_TAG : withoutQuotation(error instanceof Error ? error.message : "It is none");
  const [place] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
  return place === undefined ? said : `${said} (line ${place.line}, column ${place.col})`;
}

/** Of what begins with an exclamation mark; the library's words for it have it in their middle. */
const BAD_TAG = "A tag (!) means nothing here";

/**
 * What the library says of a mistake, without what it quotes of the text: behind a colon, within quotation marks, and in
 * further lines.
 */
export function withoutQuotation(said: string): string {
  const [first = ""] = /^[^:!"\n]*/.exec(said) ?? [];
  return first.replace(/ at line \d+, column \d+$/, "").replace(/\.$/, "");
}
