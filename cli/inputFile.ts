import { LineCounter, isNode, parseDocument } from "yaml";
import { InvalidInputError } from "../planning/problem";
import type { Io } from "./io";
import { UsageError } from "./usageError";

/** A file of YAML or JSON, read. */
export interface InputFile {
  readonly value: unknown;
  /** Line and column of a part of it, as `14:7`; of what is around it where it is not there. */
  readonly positionOf: (path: string) => string | undefined;
  /** Does something with the value; a problem that it finds is shown with its place in the file. */
  readonly use: <T>(read: (value: unknown) => T) => T;
}

/**
 * Reads a file of YAML or JSON (which is YAML); `-` is standard input.
 *
 * @throws UsageError when it can't be read, or is neither.
 */
export function readInputFile(io: Io, file: string): InputFile {
  const lines = new LineCounter();
  const document = parseDocument(contentOf(io, file), { lineCounter: lines, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors.map((error) => ({
        file,
        position: position(error.pos[0]),
        path: "(syntax)",
        reason: `${error.message.replace(/\.$/, "")}.`,
        fix: "Write it as YAML or JSON.",
      })),
    );
  }

  const positionOf = (path: string): string | undefined => {
    // The nearest part that is there: a missing key is shown at the object that lacks it.
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    for (let length = keys.length; length >= 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return position(node.range[0]);
    }
    return undefined;
  };
  const value = toValue(document, file);
  return {
    value,
    positionOf,
    use: (read) => {
      try {
        return read(value);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        throw new UsageError(
          error.problems.map((problem) => ({ ...problem, file, position: positionOf(problem.path) })),
        );
      }
    },
  };
}

function toValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    const value: unknown = document.toJS();
    // Fails where an alias points at what it is a part of.
    JSON.stringify(value);
    return value;
  } catch {
    // Or aliases would blow the document up out of all proportion.
    const reason = "its aliases (*) point at themselves, or at each other too often.";
    throw new UsageError([{ file, path: "(aliases)", reason, fix: "Write the values out." }]);
  }
}

function contentOf(io: Io, file: string): string {
  try {
    return io.readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT"
        ? "there is no such file."
        : code === "EISDIR"
          ? "it is a folder."
          : `it can't be read (${String(code ?? error)}).`;
    const fix = "Give the path of a YAML or JSON file, or - for standard input.";
    throw new UsageError([{ path: file === "" ? '""' : file, reason, fix }]);
  }
}
