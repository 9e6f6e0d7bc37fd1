import type { ChangeKind } from "../protocol/plugin";
import { equal } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";

/** A path in a manifest: keys, and indexes in lists. */
type Path = readonly (string | number)[];

/**
 * What changes from one manifest to another, by path. Elements of lists are compared by their place, as the real plugin
 * does; maps by key.
 *
 * @param options.replacing are fields that can't be changed, for example `spec.selector`.
 * @param options.leavesOutEmpty whether the API server leaves out fields that are empty: then `value: ""` and none at all
 *   are the same. It does so with built-in kinds.
 */
export function manifestChanges(
  was: Properties,
  is: Properties,
  { replacing, leavesOutEmpty }: { readonly replacing: readonly string[]; readonly leavesOutEmpty: boolean },
): Map<string, ChangeKind> {
  const changes = new Map<string, ChangeKind>();
  const note = (path: Path, kind: "add" | "delete" | "update", value: Value) => {
    const replaces = replacing.some((field) => touches(path, field.split("."), value));
    changes.set(written(path), replaces ? `${kind}-replace` : kind);
  };
  const compare = (path: Path, before: Value | undefined, after: Value | undefined) => {
    if (after === undefined) {
      if (before !== undefined) note(path, "delete", before);
    } else if (before === undefined) {
      if (!leavesOutEmpty || !isLeftOut(path, after)) note(path, "add", after);
    } else if (isObject(before) && isObject(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        compare([...path, key], before[key], after[key]);
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index++) {
        compare([...path, index], before[index], after[index]);
      }
    } else if (!equal(before, after)) note(path, "update", after);
  };
  compare([], was, is);
  return changes;
}

/** Maps of which every key counts, whatever its value is. */
const MAPS = ["annotations", "labels", "matchLabels", "nodeSelector", "binaryData", "data", "stringData"];

/** Whether a field is as good as left out. */
function isLeftOut(path: Path, value: Value): boolean {
  if (MAPS.includes(String(path.at(-2)))) return false;
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === "" || value === false || value === 0;
}

/** Whether a change at the path is one of the field: it lies in the field, or the changed value has the field in it. */
function touches(path: Path, field: readonly string[], value: Value): boolean {
  const keys = path.filter((part) => typeof part === "string");
  const common = Math.min(keys.length, field.length);
  if (!keys.slice(0, common).every((key, index) => key === field[index])) return false;
  return keys.length >= field.length || has(value, field.slice(common));
}

function has(value: Value | undefined, field: readonly string[]): boolean {
  const [first, ...rest] = field;
  if (first === undefined) return value !== undefined;
  return isObject(value) && has(value[first], rest);
}

/** A path as Pulumi writes it: `metadata.labels["app.kubernetes.io/name"]`, `spec.securityGroups[0]`. */
function written(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (/[."[\]]/.test(part)) return `${text}["${part.replaceAll('"', '\\"')}"]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
