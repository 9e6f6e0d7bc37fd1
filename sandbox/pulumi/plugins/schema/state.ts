import { UNKNOWN } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";
import type { Schema, Type } from "./property";

/** State of what the cloud told, along with what it does not tell back and was asked for last. */
export function stateOf(schema: Schema, live: Properties, asked: Properties): Properties {
  const state = { ...live };
  for (const [key, property] of Object.entries(schema)) {
    const value = asked[key];
    if (property.kept === true && value !== undefined) state[key] = value;
  }
  return state;
}

/** What will be there after a creation, as far as it is known before. */
export function plannedState(schema: Schema, inputs: Properties): Properties {
  const planned = { ...withoutOwn(inputs) };
  for (const [key, property] of Object.entries(schema)) {
    const fromCloud = property.output === true || property.computed === true;
    if (fromCloud && planned[key] === undefined) planned[key] = UNKNOWN;
  }
  return planned;
}

/** What will be there after an update: new inputs over the state, without what the inputs no longer have. */
export function plannedUpdate(schema: Schema, state: Properties, inputs: Properties): Properties {
  const planned = { ...state };
  for (const [key, property] of Object.entries(schema)) {
    const value = inputs[key];
    if (value !== undefined) planned[key] = filledFrom(property.type, state[key], value);
    else if (property.output !== true && property.computed !== true) Reflect.deleteProperty(planned, key);
  }
  return planned;
}

/** An object keeps the fields that the cloud chose and the program leaves out. */
function filledFrom(type: Type, was: Value | undefined, is: Value): Value {
  if (typeof type === "string" || !("object" in type) || !isObject(was) || !isObject(is)) return is;
  return plannedUpdate(type.object, was, is);
}

/** What a refresh makes of the inputs: those that there were, as the cloud has them now. */
export function refreshedInputs(schema: Schema, state: Properties, inputs: Properties): Properties {
  const refreshed: Properties = {};
  for (const [key, value] of Object.entries(inputs)) {
    const property = schema[key];
    const now = state[key];
    if (property === undefined || property.kept === true) refreshed[key] = value;
    else if (now !== undefined) refreshed[key] = refreshedValue(property.type, now, value);
  }
  return refreshed;
}

/** Of an object only the fields that were given: the others are the cloud's choice. */
function refreshedValue(type: Type, now: Value, given: Value): Value {
  if (typeof type === "string" || !("object" in type) || !isObject(now) || !isObject(given)) return now;
  return refreshedInputs(type.object, now, given);
}

/** Inputs of a resource that is imported: all of its state that a program could give and that says something. */
export function importedInputs(schema: Schema, state: Properties): Properties {
  const inputs: Properties = {};
  for (const [key, property] of Object.entries(schema)) {
    const value = state[key];
    if (property.output === true || property.refused !== undefined || value === undefined) continue;
    const empty = value === "" || (Array.isArray(value) && value.length === 0);
    if (!empty && !(isObject(value) && Object.keys(value).length === 0)) inputs[key] = value;
  }
  return inputs;
}

/** Without the keys of the plugin's own, such as `__defaults`. */
export function withoutOwn(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}
