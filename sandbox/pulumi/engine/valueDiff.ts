import { formatPropertyPath, type PropertyPath } from "./propertyPath";
import {
  equal,
  isList,
  isObject,
  isSecret,
  revealed,
  type PropertyMap,
  type PropertyValue,
} from "./propertyValues";

/** How a property differs; with `-replace` where only another resource can have the new value. */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** How the property at a path differs. */
export interface PropertyDiff {
  readonly diffKind: DiffKind;
  /** Whether old and new inputs are compared, not the old outputs with the new inputs. */
  readonly inputDiff: boolean;
}

export type DetailedDiff = Readonly<Record<string, PropertyDiff>>;

/** What differs between old and new inputs, by path, down to the smallest parts. Secrecy does not count. */
export function diffInputs(olds: PropertyMap, news: PropertyMap): DetailedDiff {
  const diffs: Record<string, PropertyDiff> = {};
  const note = (path: PropertyPath, diffKind: DiffKind) => {
    diffs[formatPropertyPath(path)] = { diffKind, inputDiff: true };
  };
  compare([], revealed(olds), revealed(news), note);
  return diffs;
}

function compare(
  path: PropertyPath,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  note: (path: PropertyPath, kind: DiffKind) => void,
): void {
  if (equal(before, after)) return;
  if (before === undefined) note(path, "add");
  else if (after === undefined) note(path, "delete");
  else if (isList(before) && isList(after))
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare([...path, index], before[index], after[index], note);
  else if (isPlainObject(before) && isPlainObject(after))
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare([...path, key], before[key], after[key], note);
  else note(path, "update");
}

function isPlainObject(value: PropertyValue): value is PropertyMap {
  return isObject(value) && !isSecret(value);
}

/** A diff the other way round: what was added was deleted. */
export function inverted(diff: DetailedDiff): DetailedDiff {
  const opposite: Record<DiffKind, DiffKind> = {
    add: "delete",
    "add-replace": "delete-replace",
    delete: "add",
    "delete-replace": "add-replace",
    update: "update",
    "update-replace": "update-replace",
  };
  return Object.fromEntries(
    Object.entries(diff).map(([path, { diffKind, inputDiff }]) => [
      path,
      { diffKind: opposite[diffKind], inputDiff },
    ]),
  );
}
