import type { Failure } from "../protocol/plugin";
import { UNKNOWN } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";
import type { Property, Schema, Type } from "./property";

/** Inputs with defaults filled in. Objects in objects have none in the schemas that there are. */
export function withDefaults(schema: Schema, inputs: Properties): Properties {
  const filled = { ...inputs };
  for (const [key, property] of Object.entries(schema)) {
    if (filled[key] === undefined && property.default !== undefined) filled[key] = property.default;
  }
  return filled;
}

/**
 * All that is wrong with inputs.
 *
 * @param subject is named in the messages, for example `aws:ec2/subnet:Subnet`.
 */
export function problemsOf(subject: string, schema: Schema, inputs: Properties): Failure[] {
  return objectProblems(subject, schema, inputs, "");
}

function objectProblems(subject: string, schema: Schema, inputs: Properties, prefix: string): Failure[] {
  const failures: Failure[] = [];
  for (const [key, value] of Object.entries(inputs)) {
    const path = prefix + key;
    const property = schema[key];
    if (property === undefined || property.output === true) {
      failures.push({
        property: path,
        reason: `${path} is not an input of ${subject}${nearest(schema, prefix)}`,
      });
    } else {
      failures.push(...valueProblems(subject, property, value, path));
      const others = (property.conflictsWith ?? []).filter((other) => inputs[other] !== undefined);
      for (const other of others) {
        failures.push({
          property: path,
          reason: `${path} conflicts with ${prefix}${other}: give one of them`,
        });
      }
    }
  }
  for (const [key, { required }] of Object.entries(schema)) {
    if (required === true && inputs[key] === undefined) {
      failures.push({ property: prefix + key, reason: `${subject} needs ${prefix}${key}` });
    }
  }
  return failures;
}

function nearest(schema: Schema, prefix: string): string {
  const inputs = Object.keys(schema).filter((key) => schema[key]?.output !== true);
  return `; its inputs are ${inputs.map((key) => prefix + key).join(", ")}`;
}

function valueProblems(subject: string, property: Property, value: Value, path: string): Failure[] {
  if (value === UNKNOWN) return [];
  if (property.refused !== undefined) {
    const reason = `${path} is not part of the sandbox's stand-in for ${subject}: ${property.refused}`;
    return [{ property: path, reason }];
  }
  const failures = typeProblems(subject, property.type, value, path);
  const problem = failures.length === 0 ? property.problem?.(value) : undefined;
  if (problem !== undefined) failures.push({ property: path, reason: `${path}: ${problem}` });
  return failures;
}

function typeProblems(subject: string, type: Type, value: Value, path: string): Failure[] {
  if (value === UNKNOWN) return [];
  const wrong = (expected: string): Failure[] => [
    { property: path, reason: `${path} is ${JSON.stringify(value)}, but has to be ${expected}` },
  ];
  if (type === "map") {
    if (!isObject(value)) return wrong("an object of strings");
    return Object.entries(value).flatMap(([key, item]) =>
      typeProblems(subject, "string", item, `${path}.${key}`),
    );
  }
  if (typeof type === "string") return typeof value === type ? [] : wrong(`a ${type}`);
  if ("object" in type) {
    return isObject(value) ? objectProblems(subject, type.object, value, `${path}.`) : wrong("an object");
  }
  const element = "list" in type ? type.list : type.set;
  if (!Array.isArray(value)) return wrong("a list");
  return value.flatMap((item, index) => typeProblems(subject, element, item, `${path}[${index}]`));
}
