import assert from "node:assert/strict";
import { unreadyByBudget, unreadyInWords } from "../../../planning/rotation/unreadyPods";
import { webBudget, webPod } from "./builders";

describe("the pods for which a budget lets none go", () => {
  const held = { ...webBudget, disruptionsAllowed: 0 };
  const waiting = [{ budgets: ["shop/web"] }];
  const unready = { ...webPod, name: "web-2", isReady: false, unreadySinceMs: 22_000 };

  it("are those of it that are not ready, wherever they are, by their names and with since when", () => {
    const pods = [
      { ...unready, name: "web-3", unreadySinceMs: undefined, nodeName: "new-1" },
      webPod,
      unready,
    ];
    assert.deepEqual(
      [...unreadyByBudget(waiting, [held], () => pods)],
      [["shop/web", [{ name: "web-2", sinceMs: 22_000 }, { name: "web-3" }]]],
    );
  });

  it("are none that end or have ended, and none of another budget", () => {
    const pods = [
      { ...unready, isTerminating: true },
      { ...unready, phase: "Succeeded" },
      { ...unready, namespace: "api" },
      { ...unready, labels: { app: "api" } },
    ];
    assert.deepEqual([...unreadyByBudget(waiting, [held], () => pods)], []);
  });

  it("are not asked for where the budget lets some go, where nobody waits for it, or where two never let any go", () => {
    assert.deepEqual([...unreadyByBudget(waiting, [webBudget], () => [unready])], []);
    assert.deepEqual([...unreadyByBudget([{ budgets: [] }], [held], () => [unready])], []);
    const other = { ...held, name: "front" };
    const both = [{ budgets: ["shop/web", "shop/front"] }];
    assert.deepEqual([...unreadyByBudget(both, [held, other], () => [unready])], []);
  });

  it("are told behind the reason, with how long they are not ready by then", () => {
    assert.equal(unreadyInWords([], 60_000), "");
    const four = [
      { name: "a", sinceMs: 22_000 },
      { name: "b", sinceMs: 61_000 },
      { name: "c" },
      { name: "d" },
    ];
    assert.equal(unreadyInWords(four.slice(0, 1), 60_000), ", a not ready for 38 s");
    assert.equal(
      unreadyInWords(four, 60_000),
      ", a not ready for 38 s, b not ready for 0 s, c not ready and 1 more",
    );
  });
});
