import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** JSON Schemas of the package, against its folder `stacks`. */
export type EditorSchema = "environments.schema.json" | "existingCluster/config.schema.json";

/**
 * Where editors find the schema of a file: beside it, as in this package, else in the package as it is installed.
 *
 * @param workDir the folder of Pulumi.yaml.
 * @returns its path against the folder of the file; none where it is in neither place.
 */
export function editorSchema(file: string, schema: EditorSchema, workDir: string): string | undefined {
  const folder = dirname(file);
  const installed = join(workDir, "node_modules", "eks-pod-network", "stacks", schema);
  const found = [join(folder, schema), installed].find((place) => existsSync(place));
  return found === undefined ? undefined : relative(folder, found).split(sep).join("/");
}

/**
 * The first line of a file by which the YAML language server checks it; empty without a schema.
 *
 * https://github.com/redhat-developer/yaml-language-server#using-inlined-schema
 */
export function schemaLine(schema: string | undefined): string {
  return schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
}
