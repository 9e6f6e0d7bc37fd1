import type { Stack } from "@pulumi/pulumi/automation";
import { isObject } from "../planning/isObject";
import type { Environment } from "./environments";
import { pulumiError } from "./pulumiError";
import { stderrOf } from "./pulumiOperation";
import { checkedStackFile } from "./stack";

/**
 * Every text in the secret values of a stack's configuration, so that it can be kept out of what is shown. Pulumi keeps
 * most of them out itself, but knows nothing of what a program has put together from them.
 *
 * @throws PulumiError when the configuration can't be read, as with a wrong passphrase.
 */
export async function secretTexts(environment: Environment, stack: Stack): Promise<string[]> {
  const what = `reading the configuration of stack ${stack.name}`;
  const { values: written } = checkedStackFile(what, environment, stack.workspace.workDir);
  try {
    const values = Object.entries(await stack.getAllConfig()).filter(([, { secret }]) => secret === true);
    return values.flatMap(([key, { value }]) => secretLeaves(written[key], parsed(value)));
  } catch (error) {
    throw pulumiError(what, { stderr: stderrOf(error) }, error);
  }
}

/**
 * The texts of a value that are secret in its file, which has `secure: v1:…` in the place of each. Pulumi itself tells
 * only of the whole, which may be a list of workers with one secret in it.
 *
 * @param written the value as the file has it; all of it is secret where the file has it elsewhere.
 */
function secretLeaves(written: unknown, value: unknown): string[] {
  const isSecret = written === undefined || (isObject(written) && typeof written.secure === "string");
  if (isSecret) return textsIn(value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = Array.isArray(written) ? written : [];
    return value.flatMap((item, index) => secretLeaves(items[index], item));
  }
  if (!isObject(value)) return [];
  const entries = isObject(written) ? written : {};
  return Object.entries(value).flatMap(([key, item]) => secretLeaves(entries[key], item));
}

function parsed(value: string): unknown {
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === "object" && read !== null ? read : value;
  } catch {
    return value;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
