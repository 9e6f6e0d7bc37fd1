import {
  containsSecret,
  inDialect,
  isSecret,
  secret,
  SIGNATURE,
  type PropertyMap,
} from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "./values";

/**
 * Properties as the plugin works with them: a secret becomes what it holds, a reference to a resource its ID, and null
 * properties go.
 *
 * @throws Error for assets and archives, which no resource of the stand-ins takes.
 */
export function revealed(sent: PropertyMap): Properties {
  const plain = inDialect(sent, { secrets: false, resources: false, unknowns: true });
  return withoutNulls(plain as Properties);
}

function withoutNulls(properties: Properties): Properties {
  const kept: Properties = {};
  for (const [key, value] of Object.entries(properties)) if (value !== null) kept[key] = plainValue(value);
  return kept;
}

function plainValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  if (SIGNATURE in value) {
    throw new Error("assets and archives are not part of the sandbox's stand-ins for plugins");
  }
  return withoutNulls(value);
}

/**
 * Marks as secret in what goes out whatever came in as a secret under the same key.
 *
 * Objects are gone through key by key; any other value with a secret in it makes the whole outgoing value a secret, since
 * an element of a list may come back elsewhere in the list.
 */
export function concealed(outgoing: PropertyMap, incoming: PropertyMap): PropertyMap {
  const marked: Record<string, PropertyMap[string]> = { ...outgoing };
  for (const [key, was] of Object.entries(incoming)) {
    const now = marked[key];
    if (now === undefined) continue;
    if (isSecret(was)) marked[key] = secret(now);
    else if (isMap(was) && isMap(now)) marked[key] = concealed(now, was);
    else if (containsSecret(was)) marked[key] = secret(now);
  }
  return marked;
}

function isMap(value: PropertyMap[string]): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
