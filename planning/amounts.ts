/** A number with its thousands apart: `49,137`. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number of things: `1 node`, `2,000 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Names in a line, and how many more there are where they are more than so many. */
export function listed(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
}
