import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { temporaryFolder } from "./temporaryFolder";

const root = join(__dirname, "..", "..");

/**
 * A project of the program for existing clusters in a folder of its own, so that a test may configure stacks of it.
 *
 * @returns the folder, which the test removes; Pulumi.STACK.yaml goes beside its Pulumi.yaml.
 */
export function stackProject(): string {
  const folder = temporaryFolder();
  const project = readFileSync(join(root, "Pulumi.yaml"), "utf8");
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    project.replace("main: ", `main: ${relative(folder, root)}/`).replace("stackConfigDir: stacks\n", ""),
  );
  return folder;
}
