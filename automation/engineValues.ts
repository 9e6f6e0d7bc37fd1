import { isObject } from "../planning/isObject";

/** The key by which Pulumi marks what JSON can't say. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** How Pulumi writes values that nobody knows before the update: of any type, and of a certain one. */
const UNKNOWN = new Set<unknown>([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * Properties of a resource as engine events have them, as plain JSON: `[secret]` in the place of each secret, and
 * `[unknown]` in the place of what only the update brings.
 */
export function plainProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
  if (UNKNOWN.has(value)) return "[unknown]";
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return value[SIGNATURE] === SECRET ? "[secret]" : plainProperties(value);
}
