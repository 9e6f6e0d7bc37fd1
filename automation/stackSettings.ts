import { existingClusterConfig } from "../planning/stackConfig/existingCluster";
import { settingValues } from "../planning/stackConfig/settingValues";
import { CONFIG_NAMESPACE, type StackFile } from "./stack";

/** The program's own settings of a stack, by their names: `podCidrs`, `cni` … */
export function stackSettings({ values }: Pick<StackFile, "values">): Record<string, unknown> {
  const prefix = `${CONFIG_NAMESPACE}:`;
  const own = Object.entries(values)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return settingValues(existingClusterConfig, Object.fromEntries(own));
}
