import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { FileText, ProjectFiles } from "./projectFiles";

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly isNew: boolean;
}

/**
 * Writes the files of an environment, with those of its project: the program first, and Pulumi.yaml last, by which
 * Pulumi finds a project. Wherever it is cut off, nothing points at a file that is not there or is somebody else's.
 *
 * @returns what was written, in this order.
 */
export function writeInOrder(
  { program, project }: Pick<ProjectFiles, "program" | "project">,
  files: readonly (FileText & WrittenFile)[],
): readonly WrittenFile[] {
  const asNew = (file: FileText | undefined) => (file === undefined ? [] : [{ ...file, isNew: true }]);
  return [...asNew(program), ...files, ...asNew(project)].map(({ path, content, isNew }) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: isNew ? "wx" : "w" });
    return { path, isNew };
  });
}
