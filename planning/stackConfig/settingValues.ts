import type { z } from "zod";

/**
 * Settings of a stack as their keys take them. Pulumi hands a value over as a text, and what has structure as JSON, and
 * `pulumi config set` writes both into a stack's file as texts; a text that its key takes stays one.
 *
 * @param schema an object with a key for each setting.
 * @param given by their keys without the project's name, those that the schema does not know among them.
 */
export function settingValues(
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = schema.shape as Readonly<Record<string, z.ZodType | undefined>>;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      valueOf(value, Object.hasOwn(fields, key) ? fields[key] : undefined),
    ]),
  );
}

function valueOf(given: unknown, field: z.ZodType | undefined): unknown {
  const text = typeof given === "number" || typeof given === "boolean" ? String(given) : given;
  if (typeof text !== "string" || field?.safeParse(text).success === true) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
