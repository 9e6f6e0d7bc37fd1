import type { CheckFailure } from "./provider";
import { parsePropertyPath, resetAt } from "./propertyPath";
import { isSecret, revealed, type PropertyMap, type PropertyValue } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import { parseUrn } from "./urn";

/**
 * Inputs, with those that are to be ignored as they were.
 *
 * @param paths what to ignore.
 * @returns also the paths at which nothing could be put back, because what surrounds them changed.
 */
export function keepIgnored(
  news: PropertyMap,
  olds: PropertyMap,
  paths: readonly string[],
): { inputs: PropertyMap; unheeded: readonly string[] } {
  const unheeded: string[] = [];
  const inputs = paths.reduce<PropertyMap>((sofar, text) => {
    const result = resetAt(parsePropertyPath(text), olds, sofar);
    if (result === undefined) unheeded.push(text);
    return result ?? sofar;
  }, news);
  return { inputs, unheeded };
}

/** What people read of inputs that a provider does not accept. */
export function checkMessage(
  { urn, type, inputs }: ResourceState,
  { property, reason }: CheckFailure,
): string {
  const { name } = parseUrn(urn);
  if (property === "") return `${type} resource '${name}' has a problem: ${reason}`;
  return `${type} resource '${name}': property ${property} value ${shown(inputs[property])} has a problem: ${reason}`;
}

/** A value as Pulumi shows it there. */
function shown(value: PropertyValue | undefined): string {
  if (isSecret(value)) return "[secret]";
  if (value === undefined || value === null) return "{<nil>}";
  const plain = revealed(value);
  return `{${typeof plain === "object" ? JSON.stringify(plain) : String(plain)}}`;
}
