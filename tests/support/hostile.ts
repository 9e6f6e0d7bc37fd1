import assert from "node:assert/strict";
import * as fc from "fast-check";

/** What others might write into names, tags and annotations, in pieces. */
const PIECES = [
  ..."\u001b[2K|\u001b]0;owned\u0007|\u009b31m|\r|\b|\u0000|\u202e|\u2066|\u200b|\u2028|\u00a0".split("|"),
  ..."__proto__|constructor|prototype|toString|hasOwnProperty".split("|"),
  ..."'|\"|`|$(id)|;|&&|../..|%s|{{|${x}|<script>|-->|\\|\n|\t|#|!|*|&a|: |- |? |[|]|{|}|,|=|a|1|é|😀".split(
    "|",
  ),
];

/** Any text, most often of what does harm where nobody looks. */
export function hostileText(maxLength = 12): fc.Arbitrary<string> {
  return fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength }).map((pieces) => pieces.join("")),
    fc.string({ unit: "binary", maxLength }),
  );
}

/** Any key of an object, most often one that objects of JavaScript have of themselves. */
export function hostileKey(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom("__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"),
    hostileText(3),
  );
}

/** Any value of JSON, with such keys and texts, `__proto__` as a key of its own. */
export function hostileJson(): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.oneof(hostileText(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc
        .array(fc.tuple(hostileKey(), tie("value")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  })).value;
}

/** A document in which some value, or some key, is another than it should be. */
export function spoiltDocument(document: unknown): fc.Arbitrary<unknown> {
  return fc.tuple(fc.nat(), hostileKey(), hostileJson(), fc.boolean()).map(([place, key, value, isKey]) => {
    const places = placesOf(document);
    const at = places[place % places.length] ?? [];
    return spoiltAt(document, at, (found) =>
      isKey && typeof found === "object" && found !== null && !Array.isArray(found)
        ? Object.fromEntries([...Object.entries(found), [key, value]])
        : value,
    );
  });
}

function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...inside.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

function spoiltAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  spoil: (found: unknown) => unknown,
): unknown {
  if (key === undefined) return spoil(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === key ? spoiltAt(item, rest, spoil) : item));
  }
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [
      name,
      name === key ? spoiltAt(item, rest, spoil) : item,
    ]),
  );
}

const shapes = () =>
  [
    Object,
    Function,
    Array,
    String,
    Object.prototype,
    Reflect.get(Object.prototype, "toString") as object,
  ].map((one) => [...Reflect.ownKeys(one)]);
const untouched = shapes();

/** Fails where something has been written on what all objects share. */
export function checkPrototypes(): void {
  assert.deepEqual(shapes(), untouched);
}

/** What a terminal would take for a command, or what turns the direction of reading; ends of lines and tabs stay. */
export const UNSEEN = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/u;
