import { z } from "zod";
import { isObject } from "./isObject";
import { likelyName } from "./nearestNames";
import { shown, type Problem } from "./problem";
import { DEEPEST } from "./yamlText";

/**
 * Reads a value by a schema, with all problems at once.
 *
 * Each key of the schema has a `.describe()` that says what to give ("how many nodes: a whole number from 1 up");
 * it is the way out in the problem as well as the text of the key in help and documentation.
 */
export function readBySchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { value: z.output<S> } | { problems: Problem[] } {
  const shape = shapeProblems(value);
  // What reads or shows it goes into it by recursion.
  if (shape.isTooDeep) return { problems: shape.problems };
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success && shape.problems.length === 0) return { value: result.data };
  const problems = [
    ...(result.error?.issues ?? []).flatMap((issue) => problemsOf(schema, issue)),
    ...shape.problems,
  ];
  // A value may break several rules of its key; the way out is the same.
  return {
    problems: problems.filter(
      ({ path, reason }, index) =>
        problems.findIndex((other) => other.path === path && other.reason === reason) === index,
    ),
  };
}

/**
 * What is wrong with a value whatever its schema says: nesting without end, and the key `__proto__`, which objects of
 * JavaScript take for something else and schemas leave out without a word.
 */
function shapeProblems(value: unknown): { readonly isTooDeep: boolean; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  let level: { readonly path: readonly PropertyKey[]; readonly value: unknown }[] = [{ path: [], value }];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      const path = pathText(level[0]?.path.slice(0, 1) ?? []);
      const reason = `it is nested more than ${DEEPEST} deep.`;
      return { isTooDeep: true, problems: [{ path: path || WHOLE, reason, fix: "Write it flatter." }] };
    }
    level = level.flatMap((at) => {
      if (Array.isArray(at.value)) {
        return at.value.map((item: unknown, index) => ({ path: [...at.path, index], value: item }));
      }
      if (!isObject(at.value)) return [];
      if (Object.hasOwn(at.value, "__proto__")) {
        problems.push({
          path: pathText([...at.path, "__proto__"]),
          reason: '"__proto__" is not a key here.',
          fix: "Leave it out.",
        });
      }
      return Object.entries(at.value).map(([key, item]) => ({ path: [...at.path, key], value: item }));
    });
  }
  return { isTooDeep: false, problems };
}

const WHOLE = "(the whole file)";

/** A path as people write it: `instances[2].count`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = key === "" ? '""' : String(key);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** @param around the path of the schema itself. */
function problemsOf(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  around: readonly PropertyKey[] = [],
): Problem[] {
  const whole = [...around, ...issue.path];
  const path = pathText(whole);
  const at = schemaAt(schema, issue.path);
  if (issue.code === "unrecognized_keys") {
    const keys = keysOf(at);
    return issue.keys.map((key) => {
      const meant = likelyName(key, keys);
      return {
        path: pathText([...whole, key]),
        reason: `${shown(key)} is not a key here.`,
        fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}The keys are ${keys.join(", ")}.`,
      };
    });
  }
  const form = at instanceof z.ZodUnion ? formOf(at, issue) : undefined;
  if (form !== undefined) return form.issues.flatMap((inner) => problemsOf(form.schema, inner, whole));
  const given = issue.input;
  return [
    {
      path: path === "" ? WHOLE : path,
      reason:
        given === undefined
          ? "is missing."
          : given === null
            ? "is empty."
            : `${shown(given)} can't be used${because(issue)}.`,
      fix: `Give ${at?.description ?? "another value"}.`,
    },
  ];
}

/** The keys that an object may have here; in each of the forms, where there are several. */
function keysOf(at: z.ZodType | undefined): string[] {
  if (at instanceof z.ZodObject) return Object.keys(at.shape);
  return at instanceof z.ZodUnion ? at.options.flatMap((form) => keysOf(form as z.ZodType)) : [];
}

/** Of a value that may have several forms, the one that it has, and what is wrong there; none if it has none of them. */
function formOf(
  union: z.ZodUnion,
  issue: z.core.$ZodIssue,
): { readonly schema: z.ZodType; readonly issues: readonly z.core.$ZodIssue[] } | undefined {
  if (issue.code !== "invalid_union") return undefined;
  const form = issue.errors.findIndex((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code !== "invalid_type"),
  );
  const schema = union.options[form] as z.ZodType | undefined;
  const issues = issue.errors[form];
  return schema === undefined || issues === undefined ? undefined : { schema, issues };
}

function because(issue: z.core.$ZodIssue): string {
  return issue.code === "custom" ? `: ${issue.message}` : "";
}

/** The part of a schema that a path leads to, as far as there is one. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = required(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = (at.shape as Record<PropertyKey, z.ZodType>)[key];
    else if (at instanceof z.ZodArray) at = at.element as z.ZodType;
    else if (at instanceof z.ZodRecord) at = at.valueType as z.ZodType;
    else return undefined;
    at &&= required(at);
  }
  return at;
}

function required(schema: z.ZodType): z.ZodType {
  const isOptional = schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional;
  return isOptional ? required(schema.unwrap() as z.ZodType) : schema;
}

/** What a key of a schema is for, in the words of its `.describe()`. */
export function descriptionsOf(schema: z.ZodObject): [key: string, description: string][] {
  return Object.entries(schema.shape).map(([key, at]) => [key, required(at as z.ZodType).description ?? ""]);
}
