import { setMaxListeners } from "node:events";

/** A signal that is aborted with the first of others, for any number of requests that are under way at once. */
export function firstOf(...signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  // Each request listens to it, and Node.js takes more than ten for a leak.
  setMaxListeners(0, signal);
  return signal;
}
