import { z } from "zod";

/**
 * The keys of a configuration as the rows of a Markdown table, those of lists and objects under their own paths.
 *
 * @param config each key with a `.describe()` that says what to give.
 */
export function keyTable(config: z.ZodObject): string[] {
  return ["| key | required | value |", "| --- | --- | --- |", ...rows(config, "")];
}

function rows(config: z.ZodObject, prefix: string): string[] {
  return Object.entries(config.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const path = `${prefix}${key}`;
    const [value, isRequired] = withoutOptional(field);
    const row = `| \`${path}\` | ${isRequired ? "yes" : ""} | ${value.description ?? ""} |`;
    const [inner, innerPrefix] =
      value instanceof z.ZodArray ? [value.element as z.ZodType, `${path}[].`] : [value, `${path}.`];
    return inner instanceof z.ZodObject ? [row, ...rows(inner, innerPrefix)] : [row];
  });
}

function withoutOptional(field: z.ZodType): [z.ZodType, boolean] {
  return field instanceof z.ZodExactOptional ? [field.unwrap() as z.ZodType, false] : [field, true];
}
