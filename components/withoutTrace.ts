/**
 * An error without a trace, as Pulumi shows a refusal.
 *
 * Pulumi writes an error out in colours even where it hides the trace. Node 20.20 takes half a minute for that, until its
 * memory ends, where a line of the trace is of node_modules (`util.inspect` with colors).
 */
export function withoutTrace<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
