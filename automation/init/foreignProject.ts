import { dirname, join, resolve } from "node:path";
import { shown } from "../../planning/problem";
import { CONFIG_NAMESPACE } from "../stack";
import { isFolder, manifestOf, textOf } from "./presentFiles";

/** What Pulumi takes of a folder, besides what its package.json says. */
const INDEX_FILES = ["index.js", "index.mjs", "index.ts", "index.mts", "index.cjs"];

/**
 * Why a project that somebody has made would not read the configuration of an environment, and what to do about it. Its
 * program reads what begins with the project's name, if it is the package's or has the package do it.
 *
 * @param project as its Pulumi.yaml says.
 * @param workDir the folder of Pulumi.yaml.
 * @returns notes for a person; none where nothing speaks against it. Whether a program that takes its parts from other
 *   files has the package in one of them, nobody can say.
 */
export function foreignProject(
  project: Readonly<Record<string, unknown>>,
  workDir: string,
): readonly string[] {
  const main = typeof project.main === "string" ? project.main : undefined;
  const why = [
    ...(project.name === CONFIG_NAMESPACE
      ? []
      : [`its name is ${shown(project.name)}, and the keys begin with ${CONFIG_NAMESPACE}`]),
    ...(isOfPackage(resolve(workDir, main ?? "."))
      ? []
      : [`its program${main === undefined ? "" : ` (main: ${main})`} does not name ${CONFIG_NAMESPACE}`]),
  ];
  if (why.length === 0) return [];
  return [
    `${join(workDir, "Pulumi.yaml")} is of another project, which may never read what was written: ${why.join("; ")}. ` +
      "Remove what was written and give an empty folder, with --work-dir; or name the project " +
      `${CONFIG_NAMESPACE} and have its program be this: module.exports = require("${CONFIG_NAMESPACE}/existingCluster");`,
  ];
}

/** Whether a program, or the one of a folder, lies within the package or names it. */
function isOfPackage(main: string): boolean {
  return programOf(main).some((path) => {
    const text = textOf(path);
    return (
      text !== undefined && (text.includes(CONFIG_NAMESPACE) || packageNameOf(path) === CONFIG_NAMESPACE)
    );
  });
}

function programOf(main: string): readonly string[] {
  if (!isFolder(main)) return [main];
  const { main: named } = manifestOf(main) ?? {};
  return [...(typeof named === "string" ? [named] : []), ...INDEX_FILES].map((name) => join(main, name));
}

/** The name of the package that a file is of: of the next package.json above it. */
function packageNameOf(file: string): unknown {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = manifestOf(folder);
    if (manifest !== undefined || folder === dirname(folder)) return manifest?.name;
  }
}
