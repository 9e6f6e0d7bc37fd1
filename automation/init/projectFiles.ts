import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../../planning/isObject";
import { InvalidInputError } from "../../planning/problem";
import { parseYaml, whyNoYaml } from "../../planning/yamlText";
import { CONFIG_NAMESPACE } from "../stack";

/** A Pulumi project, as far as environments of it are made. */
export interface ProjectFiles {
  /** Where its stacks are configured, against the folder of Pulumi.yaml. */
  readonly configFolder: string;
  /** Files that make it a project, where there is none yet. */
  readonly missing: readonly { readonly path: string; readonly content: string }[];
}

/**
 * The project of a folder: the one whose Pulumi.yaml is there, or a new one around the package as it is installed. Its
 * program is one line, to which people may add resources of their own.
 */
export function projectFiles(workDir: string): ProjectFiles {
  const projectFile = join(workDir, "Pulumi.yaml");
  if (existsSync(projectFile)) {
    const project = projectOf(projectFile);
    const folder = isObject(project) ? project.stackConfigDir : undefined;
    return { configFolder: typeof folder === "string" ? folder : ".", missing: [] };
  }
  // TypeScript's `export =` is for CommonJS alone.
  const isEsm = moduleTypeOf(workDir) === "module";
  const program = isEsm ? "index.cjs" : "index.ts";
  return {
    configFolder: "stacks",
    missing: [
      { path: projectFile, content: projectText(program) },
      { path: join(workDir, program), content: isEsm ? CJS_PROGRAM : TS_PROGRAM },
    ],
  };
}

/** @throws InvalidInputError when it can't be read. */
function projectOf(file: string): unknown {
  try {
    return parseYaml(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidInputError([
      { path: file, reason: `is no YAML: ${whyNoYaml(error)}.`, fix: "Correct it, or move it away." },
    ]);
  }
}

function moduleTypeOf(workDir: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(workDir, "package.json"), "utf8"));
    return isObject(manifest) ? manifest.type : undefined;
  } catch {
    return undefined;
  }
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
