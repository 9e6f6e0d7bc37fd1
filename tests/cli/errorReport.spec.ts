import assert from "node:assert/strict";
import { pulumiError } from "../../automation/pulumiError";
import { PulumiStoppedError } from "../../automation/pulumiStopped";
import { reportInterruption } from "../../cli/errorReport";
import { InterruptedError } from "../../cli/interruptedError";
import { withOutside } from "../../cli/outsideFailure";

/** What is written of an interruption, on stderr and on stdout. */
function written(error: unknown): string[] {
  const said = { stderr: "", stdout: "" };
  const io = {
    stdout: (text: string) => (said.stdout += text),
    stderr: (text: string) => (said.stderr += text),
    isTTY: false,
    signal: AbortSignal.abort(),
    readFile: () => "",
  };
  assert.equal(reportInterruption("podnet verify", error, true, io), 130);
  const { message } = (JSON.parse(said.stdout) as { error: { message: string } }).error;
  return [said.stderr, message];
}

/** A failure of Pulumi as a command of podnet ends with it. */
async function failureBy(cause: Error): Promise<unknown> {
  const error = pulumiError("opening stack prod", { stderr: cause.message }, cause);
  return withOutside("Verifying prod", () => Promise.reject(error)).catch((failure: unknown) => failure);
}

describe("what podnet says when it is interrupted", () => {
  it("is nothing of a pulumi that the same signal has ended, wherever it was met", async () => {
    const failure = await failureBy(new PulumiStoppedError("SIGTERM"));
    assert.deepEqual(written(failure), ["podnet verify: interrupted\n", "interrupted"]);
    const told = { text: "prod  stopped in the middle.", json: {} };
    assert.deepEqual(written(new InterruptedError(failure, told)), [
      "podnet verify: interrupted\n\nprod  stopped in the middle.\n",
      "interrupted",
    ]);
  });

  it("is also what has failed on the way out", async () => {
    const [text] = written(await failureBy(new Error("error: the disk is full")));
    assert.equal(text, "podnet verify: interrupted: opening stack prod failed: the disk is full\n");
  });
});
