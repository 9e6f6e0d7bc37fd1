import { join } from "node:path";
import { environmentNamed, readEnvironments, type Environment } from "../automation/environments";
import type { Positional } from "./command";
import { text } from "./flag";
import type { Io } from "./io";

/** The environment that a command is about. */
export const environmentPositional: Positional = {
  name: "ENVIRONMENT",
  key: "environment",
  help: "one of the file of environments, such as prod",
  many: false,
};

/** Problems with it come out under its name in help. */
export function environmentFlagOf(path: string): string {
  return path.replace(/^environment$/, environmentPositional.name);
}

/** Where environments and their program are. */
export const environmentFlags = {
  file: text("<path>", "the file of environments; stacks/environments.yaml of the working folder by default"),
  workDir: text("<path>", "the working folder, which Pulumi.yaml is in; the current one by default"),
};

/**
 * The environment that was asked for, and the folder that it is in.
 *
 * @throws InvalidInputError when there is none of that name, or the file can't be used.
 */
export function environmentOf(
  name: string,
  { file, workDir = "." }: { readonly file?: string | undefined; readonly workDir?: string | undefined },
  io: Pick<Io, "readFile">,
): { readonly environment: Environment; readonly workDir: string } {
  const path = file ?? join(workDir, "stacks", "environments.yaml");
  return { environment: environmentNamed(name, readEnvironments(path, io.readFile)), workDir };
}
