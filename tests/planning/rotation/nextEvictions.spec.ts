import assert from "node:assert/strict";
import fc from "fast-check";
import { nextEvictions, type EarlierEvictions } from "../../../planning/rotation/nextEvictions";
import { webBudget, webPod, webPods } from "./builders";

describe("the next evictions, after some were asked for", () => {
  const pods = webPods(4, "old-1");
  const [one = webPod, two = webPod, three = webPod] = pods;
  const after = (earlier: Partial<EarlierEvictions>, budget = { ...webBudget, disruptionsAllowed: 2 }) => {
    const { evict, waiting } = nextEvictions(
      pods,
      [budget],
      {},
      {
        asked: [],
        refused: new Map(),
        ...earlier,
      },
    );
    return {
      evict: evict.map(({ name }) => name),
      waiting: waiting.map(({ pod, because }) => [pod.name, because]),
    };
  };
  const spent = "the budget's evictions of now are given to others";

  it("take off the budget what it does not show yet", () => {
    assert.deepEqual(after({ asked: [one] }), {
      evict: [two.name],
      waiting: [
        [one.name, "its eviction was asked for"],
        ["web-old-1-2", spent],
        ["web-old-1-3", spent],
      ],
    });
    assert.deepEqual(after({ asked: [one, two] }).evict, []);
  });

  it("do not take off twice what the budget names as granted", () => {
    const counted = { ...webBudget, disruptionsAllowed: 1, disruptedPods: [one.name] };
    assert.deepEqual(after({ asked: [one] }, counted).evict, [two.name]);
  });

  it("take off no more what the budget was seen to count", () => {
    const budget = { ...webBudget, disruptionsAllowed: 1 };
    assert.deepEqual(after({ asked: [one], counted: new Set([one.uid]) }, budget).evict, [two.name]);
  });

  it("take off a pod that is gone from its node and was not counted yet", () => {
    const gone = { ...one, name: "web-old-1-9", uid: "uid-gone" };
    assert.deepEqual(after({ asked: [gone] }).evict, [one.name]);
  });

  it("leave a pod of no such budget out of the account", () => {
    const other = { ...one, uid: "uid-api", namespace: "api" };
    assert.deepEqual(after({ asked: [other] }).evict, [one.name, two.name]);
  });

  it("let a refused pod be for a while with the reason, and give its turn to the next one", () => {
    const { evict, waiting } = after({ refused: new Map([[one.uid, "Kyverno says no"]]) });
    assert.deepEqual(evict, [two.name, three.name]);
    assert.deepEqual(waiting[0], [one.name, "Kyverno says no"]);
  });

  it("are never more than the budget allows, with those that are asked for and not counted yet", () => {
    const subset = fc.subarray(pods);
    fc.assert(
      fc.property(subset, subset, subset, fc.nat(4), (asked, refused, counted, disruptionsAllowed) => {
        const budget = {
          ...webBudget,
          disruptionsAllowed,
          disruptedPods: counted.map(({ name }) => name),
        };
        const earlier = { asked, refused: new Map(refused.map(({ uid }) => [uid, "no"])) };
        const { evict, waiting } = nextEvictions(pods, [budget], {}, earlier);
        const unseen = asked.filter((pod) => !counted.includes(pod)).length;
        assert.ok(evict.length <= Math.max(0, disruptionsAllowed - unseen));
        assert.ok(evict.every((pod) => !asked.includes(pod) && !refused.includes(pod)));
        assert.equal(evict.length + waiting.length, pods.length);
        // None that may go is kept: either the budget's number is used up, or no pod is left for it.
        const able = pods.filter((pod) => !asked.includes(pod) && !refused.includes(pod)).length;
        assert.equal(evict.length, Math.min(able, Math.max(0, disruptionsAllowed - unseen)));
      }),
    );
  });
});
