/** A reason for which programs fail that is none of their own, and that a person can do something about. */
export type FailureCause = "disk full" | "port taken" | "no memory" | "no network";

/** How the system's own words for them come out of Go, Python, Node and the C library. */
const SAID: readonly (readonly [FailureCause, RegExp])[] = [
  ["disk full", /no space left on device|\bENOSPC\b|disk quota exceeded|\bEDQUOT\b/i],
  ["port taken", /address already in use|\bEADDRINUSE\b/i],
  // The last is how go tells that the system ended its compiler or linker.
  ["no memory", /out of memory|cannot allocate memory|\bENOMEM\b|\bMemoryError\b|signal: killed/i],
  [
    "no network",
    /no such host|network is unreachable|connection refused|i\/o timeout|name resolution|name or service not known|failed to establish a new connection|handshake timeout|module lookup disabled/i,
  ],
];

/** Why a program failed, from what it wrote; none where that does not tell. */
export function causeIn(said: string): FailureCause | undefined {
  return SAID.find(([, words]) => words.test(said))?.[0];
}
