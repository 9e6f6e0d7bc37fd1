import type { RuntimeConfig } from "../engine/providerRegistry";
import type { Crypter } from "../engine/secrets";
import type { Project } from "./projectFile";
import { containsSecure, opened, readKey, type StackSettings } from "./stackSettings";

/** A value with everything that is said about it. */
export interface EffectiveValue {
  /** The text, or JSON of what has structure; secrets are in plain text. Undefined when nobody asked to see it. */
  readonly value: string | undefined;
  /** What has structure, as it is. */
  readonly objectValue: unknown;
  readonly secret: boolean;
}

/** The values of a stack by key: the project's own, and over them those of the stack. */
export function effectiveValues(project: Project, settings: StackSettings): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, declared] of Object.entries(project.config)) {
    const value = declaredValue(declared);
    if (value !== undefined) values.set(readKey(key, project.name, false).key, value);
  }
  for (const [key, value] of Object.entries(settings.config))
    values.set(readKey(key, project.name, false).key, value);
  return new Map([...values].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** A project gives a value as such, or with its type: `{ type, default }` or `{ value }`. */
function declaredValue(declared: unknown): unknown {
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) return declared;
  const { default: preset, value } = declared as { default?: unknown; value?: unknown };
  return value ?? preset;
}

/** A value as it is shown or handed on; its secrets are decrypted unless they are to be hidden. */
export function effectiveValue(value: unknown, crypter: Crypter, showSecrets: boolean): EffectiveValue {
  const secret = containsSecure(value);
  if (secret && !showSecrets) return { value: undefined, objectValue: undefined, secret };
  const plain = opened(value, crypter);
  const isStructured = typeof plain === "object" && plain !== null;
  return { value: textOf(plain), objectValue: isStructured ? plain : undefined, secret };
}

/** The configuration as programs read it. */
export function runtimeConfig(values: ReadonlyMap<string, unknown>, crypter: Crypter): RuntimeConfig {
  const shown = [...values].map(([key, value]) => ({ key, ...effectiveValue(value, crypter, true) }));
  return {
    values: Object.fromEntries(shown.map(({ key, value }) => [key, value ?? ""])),
    secretKeys: shown.filter(({ secret }) => secret).map(({ key }) => key),
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  // Pulumi writes the keys of maps in their order.
  return JSON.stringify(sorted(value) ?? null);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
