import type { Env } from "../awsNode/env";
import type { EnvVar } from "../awsNode/merge";

/**
 * The `env` list of a container of aws-node with what was recorded of it: values as they were, and without the variables
 * that the pod network has added. What neither knows of stays, such as what a newer version of the CNI brings.
 *
 * @param ours names of the variables that a pod network sets.
 * @returns none where the list is like that already.
 */
export function restoredEnv(
  live: readonly EnvVar[],
  recorded: Env,
  ours: readonly string[],
): EnvVar[] | undefined {
  const kept = live.flatMap((variable) => {
    const { name } = variable;
    if (Object.hasOwn(recorded, name)) return [{ name, value: recorded[name] }];
    return ours.includes(name) ? [] : [variable];
  });
  const missing = Object.entries(recorded)
    .filter(([name]) => live.every((variable) => variable.name !== name))
    .map(([name, value]) => ({ name, value }));
  const isSame =
    missing.length === 0 &&
    kept.length === live.length &&
    kept.every(({ value }, index) => value === live[index]?.value);
  return isSame ? undefined : [...kept, ...missing];
}
