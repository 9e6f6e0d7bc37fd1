/**
 * Writes what follows from the schemas of the stacks' configuration: a JSON Schema for editors beside each program.
 *
 *     npm run update-stack-schemas
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { existingClusterConfig } from "../stacks/existingCluster/config";
import { newClusterConfig } from "../stacks/newCluster/config";
import { keyTable } from "./keyTable";
import { stackFileSchema } from "./stackFileSchema";

const stacks = join(__dirname, "..", "stacks");
for (const [folder, project, config] of [
  ["existingCluster", "eks-pod-network", existingClusterConfig],
  ["newCluster", "eks-pod-network-new-cluster", newClusterConfig],
] as const) {
  const path = join(stacks, folder, "config.schema.json");
  writeFileSync(path, `${JSON.stringify(stackFileSchema(project, config), undefined, 2)}\n`);
  console.log(`\n${folder}, its keys for the documentation:\n`);
  console.log(keyTable(config).join("\n"));
}
