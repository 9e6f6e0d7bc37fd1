import assert from "node:assert/strict";
import { awaitedPods, stillAwaited } from "../../../planning/rotation/awaitedPods";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { webPod, webPods } from "./builders";

describe("the pods that are awaited where others have left a node", () => {
  const [one = webPod, two = webPod, three = webPod] = webPods(3, "new-1");
  const unready = (pod: ClusterPod) => ({ ...pod, isReady: false });
  const awaited = { unready: new Set([two.uid, three.uid]), spare: 1 };

  it("are those that are there and not ready, but for as many as were not ready before", () => {
    assert.deepEqual(awaitedPods([one, unready(two), unready(three)], 2), awaited);
  });

  it("are not known before as many are made as are to be ready; what ends or has ended is none", () => {
    assert.equal(awaitedPods([one, { ...two, isTerminating: true }], 2), undefined);
    assert.equal(awaitedPods([one, { ...unready(two), phase: "Failed" }], 2), undefined);
  });

  it("are fewer as they become ready, whatever becomes of them then, and never more", () => {
    const ending = { ...three, isTerminating: true };
    assert.deepEqual(stillAwaited([unready(one), unready(two), ending], awaited), {
      unready: new Set([two.uid]),
      spare: 1,
    });
  });

  it("are to be found anew where one went that was never ready", () => {
    assert.equal(stillAwaited([one, unready(two)], awaited), undefined);
    assert.equal(
      stillAwaited([one, unready(two), { ...unready(three), isTerminating: true }], awaited),
      undefined,
    );
    assert.equal(
      stillAwaited([one, unready(two), { ...unready(three), phase: "Failed" }], awaited),
      undefined,
    );
  });
});
