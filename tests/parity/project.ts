import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import type { PodNetworkArgs } from "../../components";

const root = join(__dirname, "..", "..");

/** The name of the stack of every scenario. */
export const STACK = "parity";

/** Makes a folder a project of the program for existing clusters. */
export function writeProject(folder: string): void {
  const project = readFileSync(join(root, "Pulumi.yaml"), "utf8");
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    project.replace("main: ", `main: ${relative(folder, root)}/`).replace("stackConfigDir: stacks\n", ""),
  );
}

/** Settings of the stack in place of those it had; what the CLI keeps beside them stays. */
export function configure(folder: string, region: string, settings: PodNetworkArgs): void {
  const file = join(folder, `Pulumi.${STACK}.yaml`);
  const config: Record<string, unknown> = { "aws:region": region };
  for (const [key, value] of Object.entries(settings)) config[`eks-pod-network:${key}`] = value;
  const kept = parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, stringify({ ...kept, config }));
}
