/**
 * A value as JSON in which everything can be seen: characters without a form of their own are written as `\u009b`, which
 * means the same.
 *
 * @param indent spaces of each level. @default all on one line
 */
export function jsonText(value: unknown, indent = 0): string {
  const text = (JSON.stringify(value, null, indent) as string | undefined) ?? "null";
  return text.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, (hidden) =>
    // By code units, of which JSON's escapes are.
    hidden
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
