import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import type { StackResource } from "../planning/rollback/stackRemoval";
import { pulumiError } from "./pulumiError";
import { stderrOf } from "./pulumiOperation";
import { withTemporaryFolder } from "./temporaryFolder";

/** The state of a stack as Pulumi exports it. What is secret in it stays encrypted. */
export interface StackState {
  readonly version: number;
  readonly deployment?: { readonly resources?: readonly StackResource[] };
}

/** Reads the state of a stack. @throws PulumiError */
export async function readStackState(stack: Stack): Promise<StackState> {
  return JSON.parse(await runPulumi(stack, "reading the state", ["stack", "export"])) as StackState;
}

/**
 * Puts another state in the place of a stack's; nothing but what Pulumi knows is changed.
 *
 * @throws PulumiError
 */
export async function writeStackState(stack: Stack, state: StackState): Promise<void> {
  await withTemporaryFolder("podnet-state-", async (folder) => {
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await runPulumi(stack, "writing the state", ["stack", "import", "--file", file]);
  });
}

/** The part of a PulumiCommand that its declaration keeps to itself: runs pulumi with arguments. */
interface Runnable {
  run(args: readonly string[], folder: string, env: Record<string, string>): Promise<{ stdout: string }>;
}

/** `Stack.exportStack` and `importStack` decrypt secrets, and write them where everybody may read them. */
async function runPulumi({ workspace, name }: Stack, what: string, args: readonly string[]): Promise<string> {
  const { pulumiCommand, workDir, envVars } = workspace;
  try {
    const runnable = pulumiCommand as PulumiCommand & Runnable;
    return (await runnable.run([...args, "--stack", name], workDir, envVars)).stdout;
  } catch (error) {
    throw pulumiError(`${what} of stack ${name}`, { stderr: stderrOf(error) }, error);
  }
}
