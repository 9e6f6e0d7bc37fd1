import { isObject } from "../isObject";
import type { AwsNodeContainer } from "./envTable";
import { LIST_OF, type LiveDaemonSet } from "./liveDaemonSet";

/** The field manager with which EKS applies its add-ons. Source: EKS user guide, "Determine fields you can customize". */
export const EKS_MANAGER = "eks";

/**
 * Who holds the value of each variable of a container, by the variable's name.
 *
 * Several hold one when they wrote the same value. Who holds only the entry (its name) does not count.
 */
export function valueManagers(
  { metadata }: LiveDaemonSet,
  container: AwsNodeContainer,
): ReadonlyMap<string, readonly string[]> {
  const managers = new Map<string, string[]>();
  for (const { manager, fieldsV1 } of metadata.managedFields ?? []) {
    const containers = ["f:spec", "f:template", "f:spec", `f:${LIST_OF[container]}`].reduce<unknown>(
      (fields, key) => (isObject(fields) ? fields[key] : undefined),
      fieldsV1,
    );
    const env = entryNamed(containers, container)?.["f:env"];
    for (const [name, fields] of entriesByName(env)) {
      if (!("f:value" in fields || "f:valueFrom" in fields)) continue;
      const known = managers.get(name) ?? [];
      const holder = manager ?? "unknown";
      managers.set(name, known.includes(holder) ? known : [...known, holder]);
    }
  }
  return managers;
}

type Fields = Readonly<Record<string, unknown>>;

function entryNamed(list: unknown, name: string): Fields | undefined {
  return entriesByName(list).find(([entry]) => entry === name)?.[1];
}

/** The entries of a list whose key is `name`: `k:{"name":"MAX_ENI"}`. */
function entriesByName(list: unknown): [string, Fields][] {
  if (!isObject(list)) return [];
  return Object.entries(list).flatMap(([key, fields]): [string, Fields][] => {
    const name = /^k:\{"name":("(?:[^"\\]|\\.)*")\}$/.exec(key)?.[1];
    return name === undefined || !isObject(fields) ? [] : [[JSON.parse(name) as string, fields]];
  });
}
