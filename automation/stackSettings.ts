import { CONFIG_NAMESPACE, type StackFile } from "./stack";

/** The program's own settings of a stack, by their names: `podCidrs`, `cni` … */
export function stackSettings({ values }: Pick<StackFile, "values">): Record<string, unknown> {
  const prefix = `${CONFIG_NAMESPACE}:`;
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), structured(value)]),
  );
}

/** `pulumi config set` writes what has structure as a text of JSON. */
function structured(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
