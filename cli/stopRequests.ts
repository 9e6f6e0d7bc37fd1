/** How long after a signal the same one is no request of its own, in milliseconds. No person is as fast. */
const ECHO_MS = 100;

/** What a signal that asks to stop means. */
export type StopRequest =
  | "first"
  /** The same request once more: by `timeout` and by `npx`, a signal to a group of processes arrives twice. */
  | "echo"
  /** Somebody does not want to wait. */
  | "again";

/** Tells apart what signals mean, as they arrive. */
export function stopRequests(): (signal: NodeJS.Signals, nowMs: number) => StopRequest {
  let last: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined;
  return (signal, atMs) => {
    const before = last;
    last = { signal, atMs };
    if (before === undefined) return "first";
    return before.signal === signal && atMs - before.atMs < ECHO_MS ? "echo" : "again";
  };
}
