import assert from "node:assert/strict";
import { LeaseHeldError } from "../../automation/rotation/lease";
import { begin } from "../../automation/run";
import type { RunnerEvent } from "../../automation/runner";
import { OutsideError } from "../../cli/outsideError";
import { rotationTrail } from "../../cli/rotationInterruption";
import { toldToItsEnd } from "../../cli/withRunner";

describe("a run that replaces nodes", () => {
  const { signal } = new AbortController();
  const io = { stdout: () => undefined, stderr: () => undefined, isTTY: false, signal, readFile: () => "" };
  const failing = (error: Error) => begin<RunnerEvent, never>(() => Promise.reject(error), signal);

  it("says how the process that is at it already is stopped, with a command that can be pasted", async () => {
    const trail = rotationTrail("prod", "rollback", undefined, { workDir: "infra" });
    await assert.rejects(
      toldToItsEnd("Taking prod back", failing(new LeaseHeldError("ci-7-1a2b")), io, trail),
      (error) => {
        assert.ok(error instanceof OutsideError);
        assert.deepEqual(
          { message: error.message, fix: error.fix },
          {
            message:
              "Taking prod back failed: ci-7-1a2b rotates this cluster right now (lease kube-system/eks-pod-network-rotation).",
            fix: "Wait until it has ended, or stop it with podnet rotate prod --work-dir=infra --pause; a process that was killed is taken over from after 15 seconds.",
          },
        );
        return true;
      },
    );
  });

  it("hands on what else it fails by", async () => {
    const error = new Error("no answer");
    await assert.rejects(
      toldToItsEnd("Rotating prod", failing(error), io, rotationTrail("prod", "rotate")),
      error,
    );
  });
});
