import assert from "node:assert/strict";
import { causeIn, type FailureCause } from "../../sandbox/failureCause";

/** As the programs said it when it was so. */
const said: readonly (readonly [FailureCause | undefined, string])[] = [
  ["disk full", "panic: failed to allocate space when creating new WAL file: no space left on device"],
  ["disk full", "OSError: [Errno 28] No space left on device"],
  ["disk full", "Error: ENOSPC: no space left on device, write"],
  ["port taken", "failed to create listener: listen tcp 127.0.0.1:20284: bind: address already in use"],
  ["port taken", "Error: listen EADDRINUSE: address already in use 127.0.0.1:20000"],
  ["no memory", "fatal error: runtime: cannot allocate memory"],
  ["no memory", "k8s.io/api/core/v1: /usr/local/go/pkg/tool/compile: signal: killed"],
  ["no memory", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
  ["no network", 'Get "https://modules.example/x.mod": dial tcp: lookup modules.example: no such host'],
  ["no network", "Failed to establish a new connection: [Errno 101] Network is unreachable"],
  ["no network", "module lookup disabled by GOPROXY=off"],
  [undefined, "invalid memory address or nil pointer dereference"],
];

describe("why a program of a sandbox failed", () => {
  for (const [cause, line] of said) {
    it(`is ${cause ?? "not told"} by: ${line.slice(0, 60)}`, () => {
      assert.equal(causeIn(`before\n${line}\nafter`), cause);
    });
  }
});
