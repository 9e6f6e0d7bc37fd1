import { isNode, LineCounter, parseDocument, type ErrorCode } from "yaml";
import type { Problem } from "./problem";
import { DEEPEST, isTooDeep, withoutQuotation } from "./yamlText";

/** A problem with its place in a text. */
export interface PositionedProblem extends Problem {
  /** Line and column from 1, as `14:7`; none where nothing is nearer than the whole text. */
  readonly position?: string | undefined;
}

/** A text of YAML or JSON, read. */
export interface PositionedValue {
  readonly value: unknown;
  /** Line and column of a part of it, as `14:7`; of what is around it where it is not there. */
  readonly positionOf: (path: string) => string | undefined;
}

/** Mistakes that the library tells in the words of its own programmers. */
const SAID_OTHERWISE: Partial<Record<ErrorCode, Pick<Problem, "reason" | "fix">>> = {
  MULTIPLE_DOCS: { reason: "another document begins here (---).", fix: "Keep one document in a file." },
  TAG_RESOLVE_FAILED: { reason: "a tag (!) means nothing here.", fix: "Put a text with ! in quotes." },
  DUPLICATE_KEY: { reason: "the key is here twice.", fix: "Keep one of them." },
};

/**
 * Problems of a value with their places in its text, in the order of its lines; those without a place first.
 *
 * @param problems with paths in the value.
 */
export function inOrderOfLines(
  problems: readonly Problem[],
  { positionOf }: Pick<PositionedValue, "positionOf">,
): PositionedProblem[] {
  const placed = problems.map((problem) => ({ ...problem, position: positionOf(problem.path) }));
  return placed.sort((one, other) => {
    const [line = 0, column = 0] = numbersOf(one.position);
    const [otherLine = 0, otherColumn = 0] = numbersOf(other.position);
    return line - otherLine || column - otherColumn;
  });
}

function numbersOf(position = ""): number[] {
  return position.split(":").map(Number);
}

/** Reads a text of YAML, or of JSON, which is YAML; it is read whole or not at all. */
export function readPositionedYaml(
  text: string,
): PositionedValue | { readonly problems: PositionedProblem[] } {
  if (isTooDeep(text)) {
    const reason = `it is nested more than ${DEEPEST} deep.`;
    return { problems: [{ path: "(nesting)", reason, fix: "Write it flatter." }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      position: position(error.pos[0]),
      path: "(syntax)",
      ...(SAID_OTHERWISE[error.code] ?? {
        reason: `${withoutQuotation(error.message)}.`,
        fix: "Write it as YAML or JSON.",
      }),
    }));
    return { problems };
  }
  const value = plainValue(document);
  if ("problems" in value) return value;
  return {
    value: value.value,
    positionOf: (path) => {
      // The nearest part that is there: a missing key is shown at the object that lacks it.
      const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
      for (let length = keys.length; length >= 0; length--) {
        const node = document.getIn(keys.slice(0, length), true);
        if (isNode(node) && node.range) return position(node.range[0]);
      }
      return undefined;
    },
  };
}

function plainValue(
  document: ReturnType<typeof parseDocument>,
): { readonly value: unknown } | { readonly problems: PositionedProblem[] } {
  try {
    const value: unknown = document.toJS();
    // Fails where an alias points at what it is a part of.
    JSON.stringify(value);
    return { value };
  } catch {
    // Or aliases would blow the document up out of all proportion.
    const reason = "its aliases (*) point at themselves, or at each other too often.";
    return { problems: [{ path: "(aliases)", reason, fix: "Write the values out." }] };
  }
}
