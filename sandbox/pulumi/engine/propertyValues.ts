/**
 * Values of resources' properties, as they go over the wire.
 *
 * Everything that JSON can't say is an object with a signature: secrets, assets, references to resources, outputs. A
 * value that isn't known yet is one string that nobody else writes. The engine keeps values in this form throughout;
 * only a secret changes its form where it is written down (see secrets.ts).
 */
export type PropertyValue =
  null | boolean | number | string | readonly PropertyValue[] | { readonly [key: string]: PropertyValue };

export type PropertyMap = { readonly [key: string]: PropertyValue };

/** The key of an object that holds a signature. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** A value that isn't known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The same, as providers may say it of a value whose type they know: boolean, number, list, asset, archive, map. */
const typedUnknowns: ReadonlySet<PropertyValue> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: PropertyValue | undefined): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

export function isUnknown(value: PropertyValue | undefined): boolean {
  return value === UNKNOWN;
}

export function isSecret(value: PropertyValue | undefined): value is { readonly value: PropertyValue } {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** The value as a secret; a secret stays as it is. */
export function secret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** Whether something in it isn't known yet. */
export function containsUnknown(value: PropertyValue): boolean {
  if (isList(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return isUnknown(value);
}

/** Whether something in it is a secret. */
export function containsSecret(value: PropertyValue): boolean {
  if (isSecret(value)) return true;
  if (isList(value)) return value.some(containsSecret);
  return isObject(value) && Object.values(value).some(containsSecret);
}

/** The same without its secrecy. */
export function revealed(value: PropertyValue): PropertyValue {
  if (isSecret(value)) return revealed(value.value);
  if (isList(value)) return value.map(revealed);
  return isObject(value) ? mapValues(value, revealed) : value;
}

export function mapValues(map: PropertyMap, change: (value: PropertyValue) => PropertyValue): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** What a receiver understands; what it doesn't is put in plainer terms. */
export interface Dialect {
  readonly secrets: boolean;
  readonly resources: boolean;
  /** Whether values that aren't known may be sent; if not they are left out. */
  readonly unknowns: boolean;
}

/** Properties in the words of their receiver. */
export function inDialect(properties: PropertyMap, dialect: Dialect): PropertyMap {
  const said = say(properties, dialect);
  return isObject(said) ? said : {};
}

function say(value: PropertyValue, dialect: Dialect): PropertyValue | undefined {
  if (isUnknown(value)) return dialect.unknowns ? value : undefined;
  if (isList(value)) return value.map((item) => say(item, dialect)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (isSecret(value)) {
    const inner = say(value.value, dialect);
    return inner === undefined || !dialect.secrets ? inner : secret(inner);
  }
  if (value[SIGNATURE] === RESOURCE && !dialect.resources) return value.id ?? value.urn;
  const said: Record<string, PropertyValue> = {};
  for (const [key, item] of Object.entries(value)) {
    const part = say(item, dialect);
    if (part !== undefined) said[key] = part;
  }
  return said;
}

/**
 * Properties as the engine keeps them, from what somebody sent: typed unknowns become the one unknown, outputs become
 * their value (or the unknown), as a secret where they are one.
 */
export function received(properties: PropertyMap): PropertyMap {
  return mapValues(properties, hear);
}

function hear(value: PropertyValue): PropertyValue {
  if (typedUnknowns.has(value)) return UNKNOWN;
  if (isList(value)) return value.map(hear);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === OUTPUT) {
    const inner = value.value === undefined ? UNKNOWN : hear(value.value);
    return value.secret === true ? secret(inner) : inner;
  }
  return mapValues(value, hear);
}

/**
 * Outputs of somebody who doesn't know secrets: those that have the name of a secret input are secrets as well.
 */
export function secretLike(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const said: Record<string, PropertyValue> = {};
  for (const [key, value] of Object.entries(outputs)) {
    const input = inputs[key];
    if (input === undefined || isSecret(value)) said[key] = value;
    else if (isSecret(input)) said[key] = secret(value);
    else said[key] = isObject(value) && isObject(input) ? secretLike(value, input) : value;
  }
  return said;
}

/** Outputs with those of the given names made secret. */
export function withSecrets(outputs: PropertyMap, names: readonly string[]): PropertyMap {
  const hidden = Object.entries(outputs).filter(([key]) => names.includes(key));
  return { ...outputs, ...Object.fromEntries(hidden.map(([key, value]) => [key, secret(value)])) };
}

/** Whether two values are the same, whatever the order of their keys. */
export function equal(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
  );
}
