import { isObject, type Properties, type Value } from "../protocol/values";

/**
 * A live object cut down to the fields that inputs have: what the API server and controllers added is nothing that the
 * program could have changed, while other values in the program's own fields are drift.
 */
export function prunedTo(inputs: Properties, live: Properties): Properties {
  const kept: Properties = {};
  for (const [key, given] of Object.entries(inputs)) {
    const value = live[key];
    if (value !== undefined) kept[key] = prunedValue(given, value);
  }
  return kept;
}

function prunedValue(given: Value, live: Value): Value {
  if (isObject(given) && isObject(live)) return prunedTo(given, live);
  if (Array.isArray(given) && Array.isArray(live)) {
    return live.slice(0, given.length).map((item, index) => prunedValue(given[index] ?? null, item));
  }
  return live;
}
