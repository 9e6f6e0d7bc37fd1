import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation";
import { PulumiError } from "../../automation/pulumiError";
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

/** What an operation that is refused throws. */
async function refusalOf(refusal: ConcurrentUpdateError): Promise<PulumiError> {
  let attempts = 0;
  const run = () => {
    attempts += 1;
    return Promise.reject(refusal);
  };
  const outside = { onEvent: () => undefined, signal: new AbortController().signal };
  const error = await runOnStack(stack, "up", run, outside).catch((failure: unknown) => failure);
  assert.ok(error instanceof PulumiError, String(error));
  assert.deepEqual([attempts, error.until], [1, undefined]);
  return error;
}

describe("an operation on a stack that is locked", () => {
  it("is refused at once, by the name of who is first", async () => {
    const { reason, fix } = await refusalOf(locked({ host: here, pid: process.pid }));
    assert.deepEqual(
      [reason, fix],
      [
        `another update of it runs. It was begun by ana@${here} (pid ${process.pid}) at 2026-11-21T22:43:42Z.`,
        "Wait for it; if nothing runs any more, pulumi cancel --stack prod takes its lock away.",
      ],
    );
  });

  it("takes one of another computer, of which nobody knows, for one that runs", async () => {
    const { reason } = await refusalOf(locked({ host: `not-${here}`, pid: gone }));
    assert.equal(
      reason,
      `another update of it runs. It was begun by ana@not-${here} (pid ${gone}) at 2026-11-21T22:43:42Z.`,
    );
  });

  it("says no name where the backend tells none", async () => {
    assert.equal((await refusalOf(locked())).reason, "another update of it runs.");
  });

  it("names the lock of one that was killed, and the way out", async () => {
    const { reason, fix } = await refusalOf(
      locked({ host: here, pid: process.pid }, { host: here, pid: gone }),
    );
    assert.equal(
      reason,
      `an update of it was killed and has left it locked: ana@${here} (pid ${gone}) at 2026-11-21T22:43:42Z.`,
    );
    assert.match(fix, /^pulumi cancel --stack prod takes the lock away;/);
  });
});
