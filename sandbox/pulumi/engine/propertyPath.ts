import { isList, isObject, isSecret, type PropertyMap, type PropertyValue } from "./propertyValues";

/** A way into nested properties: keys of maps, indices of lists, and `*` for each of either. */
export type PropertyPath = readonly (string | number)[];

/**
 * Reads a path in Pulumi's notation: `a.b[0]["c.d"].*`.
 *
 * @throws Error when it isn't one.
 */
export function parsePropertyPath(text: string): PropertyPath {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const part =
      /^\.?\["((?:[^"\\]|\\.)*)"\]/.exec(rest) ??
      /^\.?\[(\d+|\*)\]/.exec(rest) ??
      /^\.?([^.[\]"]+)/.exec(rest);
    const [whole, key] = part ?? [];
    if (whole === undefined || key === undefined) throw new Error(`not a property path: ${text}`);
    const isIndex = whole.includes("[") && !whole.includes('"') && key !== "*";
    path.push(isIndex ? Number(key) : key.replace(/\\(.)/g, "$1"));
    rest = rest.slice(whole.length);
  }
  if (path.length === 0) throw new Error("a property path must not be empty");
  return path;
}

/** A path in Pulumi's notation. */
export function formatPropertyPath(path: PropertyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (/[.[\]"]/.test(part)) return `${text}["${part.replaceAll('"', '\\"')}"]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** Whether a path leads to another one or to something below it. */
export function covers(path: PropertyPath, other: PropertyPath): boolean {
  return path.length <= other.length && path.every((part, index) => part === "*" || part === other[index]);
}

/**
 * `to` with what lies at a path taken from `from`, or taken away where `from` has nothing there.
 *
 * @returns undefined where `to` and `from` differ in the way to that place, so that nothing can be put there.
 */
export function resetAt(path: PropertyPath, from: PropertyMap, to: PropertyMap): PropertyMap | undefined {
  const result = reset(path, from, to);
  return isObject(result) ? result : undefined;
}

function reset(
  path: PropertyPath,
  from: PropertyValue | undefined,
  to: PropertyValue | undefined,
): PropertyValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return from;
  if (isSecret(from)) return reset(path, from.value, to);
  if (isSecret(to)) {
    const inner = reset(path, from, to.value);
    return inner === undefined ? undefined : { ...to, value: inner };
  }
  if (key === "*") return resetEach(rest, from, to);
  if (typeof key === "number") return resetItem(key, rest, from, to);
  return resetKey(key, rest, from, to);
}

function resetKey(
  key: string,
  rest: PropertyPath,
  from: PropertyValue | undefined,
  to: PropertyValue | undefined,
): PropertyValue | undefined {
  if (!isObject(to) || (from !== undefined && !isObject(from))) return undefined;
  const { [key]: there, ...others } = to;
  const here = from?.[key];
  if (rest.length === 0) return here === undefined ? others : { ...to, [key]: here };
  if (here === undefined && there === undefined) return to;
  const changed = reset(rest, here, there);
  return changed === undefined ? undefined : { ...to, [key]: changed };
}

function resetItem(
  index: number,
  rest: PropertyPath,
  from: PropertyValue | undefined,
  to: PropertyValue | undefined,
): PropertyValue | undefined {
  if (!isList(to) || !isList(from) || index >= to.length || index >= from.length) return undefined;
  const changed = reset(rest, from[index], to[index]);
  return changed === undefined ? undefined : to.map((item, at) => (at === index ? changed : item));
}

function resetEach(
  rest: PropertyPath,
  from: PropertyValue | undefined,
  to: PropertyValue | undefined,
): PropertyValue | undefined {
  let result = to;
  const keys = isList(to) ? to.map((_, index) => index) : isObject(to) ? Object.keys(to) : [];
  for (const key of keys) {
    const changed = reset([key, ...rest], from, result);
    if (changed === undefined) return undefined;
    result = changed;
  }
  return result;
}
