import assert from "node:assert/strict";
import { groupedReasons } from "../../../planning/rotation/blockedReasons";

describe("what holds a node up", () => {
  const why = "shop/web: the budget allows 0: 2 healthy, 3 needed";

  it("is said once for all pods that it holds", () => {
    const pods = [1, 2, 3, 4, 5, 6, 7].map((number) => `shop/web-${number}: ${why}`);
    assert.deepEqual(groupedReasons(pods), [`${why}: shop/web-1, shop/web-2 and 5 more`]);
    assert.deepEqual(groupedReasons(pods.slice(0, 2)), [`${why}: shop/web-1, shop/web-2`]);
  });

  it("stays as it is where it is of one pod, or of none, in the order in which it came", () => {
    const alone = "ops/debug-7: no controller would make it again; --force deletes it";
    const ofNode = "instance i-1 was terminated, and is not gone: its Node is still there";
    assert.deepEqual(groupedReasons([ofNode, `shop/web-1: ${why}`, alone, `shop/web-2: ${why}`]), [
      ofNode,
      `${why}: shop/web-1, shop/web-2`,
      alone,
    ]);
    assert.deepEqual(groupedReasons([]), []);
  });
});
