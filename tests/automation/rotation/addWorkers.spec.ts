import assert from "node:assert/strict";
import { usableWanted } from "../../../automation/rotation/addWorkers";

describe("the workers that are waited for", () => {
  const usable = { isReady: true, isUnschedulable: false };
  const cordoned = { isReady: true, isUnschedulable: true };
  const unready = { isReady: false, isUnschedulable: false };

  const rows: [string, number, (typeof usable)[], number][] = [
    ["are all that the pool wants", 3, [usable], 3],
    ["are less by one that a person has cordoned", 3, [usable, cordoned], 2],
    ["are none where all are cordoned", 1, [cordoned], 0],
    ["are less by one that was broken before", 3, [usable, unready], 2],
    ["are one at least, for it is checked", 1, [unready], 1],
    ["are none of an empty pool", 0, [], 0],
  ];
  for (const [title, desiredSize, before, wanted] of rows) {
    it(title, () => {
      assert.equal(usableWanted(desiredSize, before), wanted);
    });
  }
});
