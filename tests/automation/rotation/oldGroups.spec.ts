import assert from "node:assert/strict";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { prepareOldGroups } from "../../../automation/rotation/oldGroups";
import type { RotationRecord } from "../../../automation/rotation/record";
import { undoStack } from "../../../automation/rotation/undoStack";

describe("what is recorded of old groups", () => {
  const record = { version: 1, runId: "7f3a", isFinished: false, groups: {} } as object as RotationRecord;
  const prepare = (assertHeld: () => Promise<void>) => {
    const acts: string[] = [];
    const run = {
      tools: { kubernetes: { patch: (path: string) => Promise.resolve(void acts.push(path)) } },
      outputs: { clusterName: "small" },
      options: { nodeTimeoutSeconds: 60 },
      lease: { assertHeld },
      undo: undoStack(),
    };
    return {
      acts,
      written: prepareOldGroups(run as object as Parameters<typeof prepareOldGroups>[0], [], record),
    };
  };

  it("is written only by who holds the lease at that moment: warm targets may have been waited for", async () => {
    const held = prepare(() => Promise.resolve());
    await held.written;
    assert.deepEqual(held.acts, ["/api/v1/namespaces/kube-system/configmaps/eks-pod-network-rotation"]);
    const lost = prepare(() => Promise.reject(new LeaseLostError("another holds it")));
    await assert.rejects(lost.written, LeaseLostError);
    assert.deepEqual(lost.acts, []);
  });
});
