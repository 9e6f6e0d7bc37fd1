import { inOrderOfLines, readPositionedYaml, type PositionedValue } from "../planning/positionedYaml";
import { InvalidInputError } from "../planning/problem";
import type { Io } from "./io";
import { UsageError } from "./usageError";

/** A file of YAML or JSON, read. */
export interface InputFile extends PositionedValue {
  /** Does something with the value; a problem that it finds is shown with its place in the file. */
  readonly use: <T>(read: (value: unknown) => T) => T;
}

/**
 * Reads a file of YAML or JSON (which is YAML); `-` is standard input.
 *
 * @throws UsageError when it can't be read, or is neither.
 */
export function readInputFile(io: Io, file: string): InputFile {
  const reading = readPositionedYaml(contentOf(io, file));
  if ("problems" in reading) throw new UsageError(reading.problems.map((problem) => ({ ...problem, file })));
  const { value, positionOf } = reading;
  return {
    value,
    positionOf,
    use: (read) => {
      try {
        return read(value);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        throw new UsageError(
          inOrderOfLines(error.problems, reading).map((problem) => ({ ...problem, file })),
        );
      }
    },
  };
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
