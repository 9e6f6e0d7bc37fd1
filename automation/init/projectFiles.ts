import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../planning/isObject";
import { InvalidInputError } from "../../planning/problem";
import { parseYaml, whyNoYaml } from "../../planning/yamlText";
import { CONFIG_NAMESPACE } from "../stack";
import { foreignProject } from "./foreignProject";
import { isThere, manifestOf, textOf } from "./presentFiles";

/** A file with what it is to have. */
export interface FileText {
  readonly path: string;
  readonly content: string;
}

/** A Pulumi project, as far as environments of it are made. */
export interface ProjectFiles {
  /** Where its stacks are configured, against the folder of Pulumi.yaml. */
  readonly configFolder: string;
  /** Its program, where there is no project yet; none where an earlier attempt has written it. */
  readonly program?: FileText | undefined;
  /** Its Pulumi.yaml, where there is none yet. */
  readonly project?: FileText | undefined;
  /** What a person should know of what is there already. */
  readonly notes: readonly string[];
}

/**
 * The project of a folder: the one whose Pulumi.yaml is there, or a new one around the package as it is installed. Its
 * program is one line, to which people may add resources of their own; it takes no name that another file has.
 *
 * @throws InvalidInputError when Pulumi.yaml can't be read, or each name for the program is taken.
 */
export function projectFiles(workDir: string): ProjectFiles {
  const projectFile = join(workDir, "Pulumi.yaml");
  if (isThere(projectFile)) {
    const project = projectOf(projectFile);
    const folder = project.stackConfigDir;
    return {
      configFolder: typeof folder === "string" ? folder : ".",
      notes: foreignProject(project, workDir),
    };
  }
  return newProject(workDir, projectFile);
}

function newProject(workDir: string, projectFile: string): ProjectFiles {
  const programs = programsFor(workDir);
  const [usual] = programs;
  const pathOf = ({ name }: ProgramFile) => join(workDir, name);
  // An earlier attempt that was cut off may have written it.
  const program = programs.find((one) => !isThere(pathOf(one)) || textOf(pathOf(one)) === one.content);
  if (program === undefined) throw noNameLeft(programs);
  const { name, content } = program;
  const path = pathOf(program);
  return {
    configFolder: "stacks",
    ...(!isThere(path) && { program: { path, content } }),
    project: { path: projectFile, content: projectText(name) },
    notes:
      program === usual
        ? []
        : [`${usual.name} is there already, and stays as it is: the program is ${name}.`],
  };
}

/** @throws InvalidInputError when it can't be read. */
function projectOf(file: string): Readonly<Record<string, unknown>> {
  try {
    const project = parseYaml(readFileSync(file, "utf8"));
    return isObject(project) ? project : {};
  } catch (error) {
    const reason =
      error instanceof Error && "syscall" in error
        ? `can't be read: ${error.message}.`
        : `is no YAML: ${whyNoYaml(error)}.`;
    throw new InvalidInputError([{ path: file, reason, fix: "Correct it, or move it away." }]);
  }
}

interface ProgramFile {
  readonly name: string;
  readonly content: string;
}

/** Programs that do the same, the usual one first. */
function programsFor(workDir: string): readonly [ProgramFile, ...ProgramFile[]] {
  // Beside a program of somebody's, whose tsconfig.json may be for ES modules.
  const other = { name: `${CONFIG_NAMESPACE}.cjs`, content: CJS_PROGRAM };
  // TypeScript's `export =` is for CommonJS alone.
  return manifestOf(workDir)?.type === "module"
    ? [{ name: "index.cjs", content: CJS_PROGRAM }, other]
    : [{ name: "index.ts", content: TS_PROGRAM }, other];
}

function noNameLeft(programs: readonly ProgramFile[]): InvalidInputError {
  const names = programs.map(({ name }) => name).join(" and ");
  const reason = `has ${names} already, and no Pulumi.yaml: no name is left for the program.`;
  const fix = "Give another folder, which may be a new one; or move one of these files away.";
  return new InvalidInputError([{ path: "workDir", reason, fix }]);
}

const PACKAGE = "eks-pod-network/existingCluster";
const TS_PROGRAM = `// What it makes is said in stacks/Pulumi.STACK.yaml.
import program = require("${PACKAGE}");

export = program;
`;
const CJS_PROGRAM = `// What it makes is said in stacks/Pulumi.STACK.yaml.
module.exports = require("${PACKAGE}");
`;

const projectText = (program: string) => `# The keys of its stacks begin with this name.
name: ${CONFIG_NAMESPACE}
description: A secondary range for the pods of existing EKS clusters
main: ${program}
stackConfigDir: stacks
runtime: nodejs
# Workers are sized by others than this program, by a rotation and by autoscalers: an update of any other part of their
# scaling sends the size that the state remembers, and an old one would end workers without a drain.
options:
  refresh: always
`;
