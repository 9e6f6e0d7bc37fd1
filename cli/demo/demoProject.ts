import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { SandboxRecord } from "../../sandbox/sandbox";

/** Where Pulumi.yaml and the environments are that come with podnet. */
export function packageFolder(): string {
  return dirname(require.resolve("eks-pod-network/package.json"));
}

/**
 * A Pulumi project for the cluster of a sandbox, in the sandbox's folder, which goes with it. Its program is the one that
 * comes with podnet.
 *
 * @param propose writes the environment and its stack into the folder, as `podnet init` does.
 * @returns the folder. What an earlier run has proposed stays, for people may have changed it.
 */
export async function demoProject(
  { folder }: Pick<SandboxRecord, "folder">,
  propose: (workDir: string) => Promise<void>,
): Promise<string> {
  const workDir = join(folder, "project");
  // Written last: without it an earlier run was cut off.
  if (existsSync(join(workDir, "stacks", "environments.yaml"))) return workDir;
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir);
  const project = readFileSync(join(packageFolder(), "Pulumi.yaml"), "utf8");
  const main = relative(workDir, packageFolder());
  writeFileSync(join(workDir, "Pulumi.yaml"), project.replace(/^main: /m, `main: ${main}/`));
  await propose(workDir);
  return workDir;
}
