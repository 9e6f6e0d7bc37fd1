import assert from "node:assert/strict";
import type { LeavingNodes } from "../../../automation/rotation/leavingNodes";
import { RotationPaused, RotationStopped } from "../../../automation/rotation/result";
import { rotateNodes, type Ready } from "../../../automation/rotation/rotateNodes";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import type { Run } from "../../../automation/rotation/runContext";
import { playedLease } from "./playedLease";
import { playedWatch } from "./playedWatch";

/** Rotates until a look at the cluster ends it, or a pause that is asked for by then. */
async function ended({ pause, look }: { readonly pause?: RotationPaused; readonly look?: Error }) {
  const acts: string[] = [];
  const asked = new AbortController();
  if (pause !== undefined) asked.abort(pause);
  const leaving = {
    write: () => {
      acts.push("write");
      return Promise.resolve();
    },
  } as object as LeavingNodes;
  const tools = {
    clock: { now: () => 1_000 },
    signal: new AbortController().signal,
    lease: { ...playedLease(), pauseAsked: asked.signal },
    emit: ({ type }: { readonly type: string }) => acts.push(type),
  };
  const run = {
    ...{ tools, leaving, watch: playedWatch({}), outputs: { clusterName: "small", vpcId: "vpc-1" } },
    ...{ options: rotationOptions({}), goal: { sources: [] }, rotated: [], blocked: [] },
    observe: () => Promise.reject(look ?? new Error("nobody looks")),
  } as object as Run;
  const ready = { first: [], record: { runId: "7f3a" } } as object as Ready;
  const error: unknown = await rotateNodes(run, ready).then(
    () => undefined,
    (why: unknown) => why,
  );
  return { acts, error };
}

describe("nodes on their way out when a run does not go on", () => {
  it("are written down as they are by then, so that the next one tells nothing again that was told", async () => {
    const pause = new RotationPaused();
    assert.deepEqual(await ended({ pause }), { acts: ["pausing", "write"], error: pause });
    const look = new RotationStopped({ path: "nodes", reason: "one is in the way.", fix: "Look at it." });
    assert.deepEqual(await ended({ look }), { acts: ["write"], error: look });
  });

  it("stay as they were written before where something fails: nothing more is asked of a cluster that may not answer", async () => {
    const look = new Error("connect ECONNREFUSED");
    assert.deepEqual(await ended({ look }), { acts: [], error: look });
  });
});
