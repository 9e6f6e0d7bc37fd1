import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation";
import type { Clock } from "../../automation/clock";
import { PulumiError } from "../../automation/pulumiError";
import type { StackEvent } from "../../automation/pulumiEvents";
import { runOnStack } from "../../automation/pulumiOperation";

const stack = { name: "prod" } as Stack;

/** What the Automation API makes of a refusal of Pulumi's backend for files. */
function locked(...locks: { host: string; pid: number }[]): ConcurrentUpdateError {
  const lines = locks.map(
    ({ host, pid }, index) =>
      `  file:///state/${index}.json?no_tmp_dir=true: created by ana@${host} (pid ${pid}) at 2026-11-21T22:43:42Z\n`,
  );
  const stderr = `error: the stack is currently locked by ${locks.length} lock(s).\n${lines.join("")}`;
  return new ConcurrentUpdateError(`code: 1\n stdout: \n stderr: ${stderr}\n`);
}

const here = hostname();
/** A process that has ended. */
const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);

/** An operation that is refused so many times; what was slept and told meanwhile. */
async function operate(refusal: ConcurrentUpdateError, times: number, lockTimeoutSeconds = 20) {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const events: StackEvent[] = [];
  let attempts = 0;
  const run = () => {
    attempts += 1;
    return attempts > times ? Promise.resolve("done") : Promise.reject(refusal);
  };
  const outside = {
    clock,
    onEvent: (event: StackEvent) => events.push(event),
    signal: new AbortController().signal,
    lockTimeoutSeconds,
  };
  const outcome = await runOnStack(stack, "up", run, outside).then(
    ({ answer }) => answer,
    (error: unknown) => error,
  );
  return { outcome, events, seconds: now / 1000 };
}

describe("an operation on a stack that is locked", () => {
  it("waits for an update that may still run, and says whose it is", async () => {
    const { outcome, events, seconds } = await operate(locked({ host: here, pid: process.pid }), 2);
    assert.equal(outcome, "done");
    assert.equal(seconds, 10);
    assert.deepEqual(events[0], {
      kind: "waiting",
      seconds: 0,
      reason: `It was begun by ana@${here} (pid ${process.pid}) at 2026-11-21T22:43:42Z.`,
    });
  });

  it("waits for one of another computer, of which nobody knows", async () => {
    const { outcome, seconds } = await operate(locked({ host: `not-${here}`, pid: gone }), Infinity);
    assert.ok(outcome instanceof PulumiError);
    assert.equal(seconds, 20);
    assert.equal(
      outcome.reason,
      `another update of it still runs after 20 s. It was begun by ana@not-${here} (pid ${gone}) at 2026-11-21T22:43:42Z.`,
    );
  });

  it("is refused at once where nobody wants to wait, by the name of who is first", async () => {
    const { outcome, events, seconds } = await operate(locked({ host: here, pid: process.pid }), Infinity, 0);
    assert.ok(outcome instanceof PulumiError);
    assert.deepEqual([seconds, events], [0, []]);
    assert.equal(
      outcome.reason,
      `another update of it runs. It was begun by ana@${here} (pid ${process.pid}) at 2026-11-21T22:43:42Z.`,
    );
  });

  it("does not wait for one that was killed, and names the lock and the way out", async () => {
    const refusal = locked({ host: here, pid: process.pid }, { host: here, pid: gone });
    const { outcome, events, seconds } = await operate(refusal, Infinity);
    assert.ok(outcome instanceof PulumiError);
    assert.equal(seconds, 0);
    assert.deepEqual(events, []);
    assert.equal(
      outcome.reason,
      `an update of it was killed and has left it locked: ana@${here} (pid ${gone}) at 2026-11-21T22:43:42Z.`,
    );
    assert.match(outcome.fix, /^pulumi cancel --stack prod takes the lock away;/);
  });
});
