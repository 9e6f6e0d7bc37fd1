import { z } from "zod";

/** A JSON Schema, as far as it is looked at here. */
interface JsonSchema {
  type?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  [keyword: string]: unknown;
}

/**
 * The JSON Schema of the files Pulumi.STACK.yaml of a project, for editors.
 *
 * Keys of other namespaces, such as `aws:region`, are left to their packages.
 *
 * @param config an object with a key for each key of the project's configuration.
 */
export function stackFileSchema(project: string, config: z.ZodObject): JsonSchema {
  const { properties = {}, required = [] } = z.toJSONSchema(config, {
    io: "input",
    target: "draft-7",
  }) as JsonSchema;
  const named = Object.entries(properties).map(([key, value]) => [
    `${project}:${key}`,
    asPulumiWrites(value),
  ]);
  const keys = named.map(([key]) => key);
  return {
    // The newest one that every editor knows.
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Configuration of a stack of ${project}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(named) as Record<string, JsonSchema>,
        propertyNames: { anyOf: [{ enum: keys }, { pattern: `^(?!${project}:)` }] },
        required: required.map((key) => `${project}:${key}`),
      },
    },
    required: ["config"],
  };
}

/** `pulumi config set` writes numbers and truth values as texts, and Pulumi reads both. */
function asPulumiWrites(value: JsonSchema): JsonSchema {
  if (value.type === "boolean")
    return { ...value, type: ["boolean", "string"], enum: [true, false, "true", "false"] };
  if (value.type === "integer") return { ...value, type: ["integer", "string"], pattern: "^\\d+$" };
  return value;
}
