/**
 * Writes what follows from the schemas of the stacks' configuration and of the file of environments: a JSON Schema for
 * editors beside each. The tables of docs/stack-configuration.md and docs/environments.md are held against these.
 *
 *     npm run update-stack-schemas
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { existingClusterConfig } from "../planning/stackConfig/existingCluster";
import { newClusterConfig } from "../stacks/newCluster/config";
import { environmentsFileSchema } from "./environmentsFileSchema";
import { keyTable } from "./keyTable";
import { stackFileSchema } from "./stackFileSchema";

const stacks = join(__dirname, "..", "stacks");
for (const [folder, project, config] of [
  ["existingCluster", "eks-pod-network", existingClusterConfig],
  ["newCluster", "eks-pod-network-new-cluster", newClusterConfig],
] as const) {
  const path = join(stacks, folder, "config.schema.json");
  writeFileSync(path, `${JSON.stringify(stackFileSchema(project, config), undefined, 2)}\n`);
}

writeFileSync(
  join(stacks, "environments.schema.json"),
  `${JSON.stringify(environmentsFileSchema(), undefined, 2)}\n`,
);
console.log("newCluster, its keys for the documentation:\n");
console.log(keyTable(newClusterConfig).join("\n"));
