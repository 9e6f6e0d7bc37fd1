import type { ChangeKind } from "../protocol/plugin";
import { containsUnknown, equal } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";
import type { Property, Schema, Type } from "./property";

/**
 * What changes between a resource's state and new inputs, by path.
 *
 * The state is what the cloud said last, so that what was changed there is a change back here. A value that the program
 * leaves out is compared only where leaving it out means something: the cloud's own choices (`computed`) are no change.
 * Empty, false and zero are the same as nothing, as Terraform's provider for AWS has it.
 */
export function changesBetween(schema: Schema, state: Properties, news: Properties): Map<string, ChangeKind> {
  const changes = new Map<string, ChangeKind>();
  compareObjects(schema, state, news, "", false, changes);
  return changes;
}

function compareObjects(
  schema: Schema,
  state: Properties,
  news: Properties,
  prefix: string,
  replaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  for (const [key, property] of Object.entries(schema)) {
    if (property.output === true) continue;
    compareProperty(property, state[key], news[key], prefix + key, replaces, changes);
  }
}

function compareProperty(
  property: Property,
  was: Value | undefined,
  is: Value | undefined,
  path: string,
  parentReplaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  if (is === undefined && property.computed === true) return;
  compareValues(property.type, was, is, path, parentReplaces || property.replaces === true, changes);
}

function compareValues(
  type: Type,
  was: Value | undefined,
  is: Value | undefined,
  path: string,
  replaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  const note = (kind: "add" | "delete" | "update") => {
    changes.set(path, replaces ? `${kind}-replace` : kind);
  };
  if (isNothing(was) && isNothing(is)) return;
  if (is === undefined || is === null) note("delete");
  else if (was === undefined || was === null) note("add");
  else if (type === "map" && isObject(was) && isObject(is)) compareMaps(was, is, path, replaces, changes);
  else if (typeof type === "string") {
    if (!equal(was, is)) note("update");
  } else if ("object" in type && isObject(was) && isObject(is)) {
    compareObjects(type.object, was, is, `${path}.`, replaces, changes);
  } else if ("list" in type && Array.isArray(was) && Array.isArray(is)) {
    compareLists(type.list, was, is, path, replaces, changes);
  } else if ("set" in type && Array.isArray(was) && Array.isArray(is)) {
    compareSets(was, is, path, replaces, changes);
  } else if (!equal(was, is)) note("update");
}

function compareMaps(
  was: Properties,
  is: Properties,
  path: string,
  replaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const kind = !(key in was) ? "add" : !(key in is) ? "delete" : "update";
    if (kind === "update" && equal(was[key], is[key])) continue;
    changes.set(path + mapKey(key), replaces ? `${kind}-replace` : kind);
  }
}

/** A key as paths have it: quoted where it could be taken for several. */
function mapKey(key: string): string {
  return /[."[\]]/.test(key) ? `["${key.replaceAll('"', '\\"')}"]` : `.${key}`;
}

function compareLists(
  element: Type,
  was: readonly Value[],
  is: readonly Value[],
  path: string,
  replaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  for (let index = 0; index < Math.max(was.length, is.length); index++) {
    compareValues(element, was[index], is[index], `${path}[${index}]`, replaces, changes);
  }
}

/** Elements that both have are no change wherever they stand; of unknown ones nothing can be said but that they come. */
function compareSets(
  was: readonly Value[],
  is: readonly Value[],
  path: string,
  replaces: boolean,
  changes: Map<string, ChangeKind>,
): void {
  const has = (set: readonly Value[], item: Value) => set.some((other) => sameElement(other, item));
  is.forEach((item, index) => {
    if (containsUnknown(item) || !has(was, item))
      changes.set(`${path}[${index}]`, replaces ? "add-replace" : "add");
  });
  was.forEach((item, index) => {
    if (has(is, item)) return;
    const at = `${path}[${index}]`;
    const kind = changes.has(at) ? "update" : "delete";
    changes.set(at, replaces ? `${kind}-replace` : kind);
  });
}

/** Elements are compared without their empty fields: `{ key: "a", value: "" }` is `{ key: "a" }`. */
function sameElement(left: Value, right: Value): boolean {
  return equal(withoutNothing(left), withoutNothing(right));
}

function withoutNothing(value: Value): Value {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isNothing(item)));
}

function isNothing(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
