import assert from "node:assert/strict";
import { cellsOf } from "../../../sandbox/worlds/large.cells";

describe("the groups of the world large", () => {
  it("are two at least, and share what can't be divided", () => {
    assert.deepEqual(cellsOf(11), [
      { name: "team-01", nodes: 6, replicas: [50, 50, 20] },
      { name: "team-02", nodes: 5, replicas: [50, 50] },
    ]);
  });

  for (const nodes of [10, 99, 101, 200, 1_000]) {
    it(`have ${nodes} nodes in all, 50 at most each, and 20 pods for each node`, () => {
      const cells = cellsOf(nodes);
      const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
      assert.equal(total(cells.map((cell) => cell.nodes)), nodes);
      assert.ok(cells.every((cell) => cell.nodes <= 50));
      assert.equal(total(cells.flatMap((cell) => cell.replicas)), nodes * 20);
    });
  }
});
