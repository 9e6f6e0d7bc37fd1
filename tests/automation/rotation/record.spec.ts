import assert from "node:assert/strict";
import { rotatedEarlierIn } from "../../../automation/rotation/record";

describe("the record of a run", () => {
  it("tells how many nodes earlier processes of it have replaced", () => {
    assert.deepEqual(
      [rotatedEarlierIn({ oldAtBegin: 30 }, 12), rotatedEarlierIn({ oldAtBegin: 1 }, 0)],
      [18, 1],
    );
  });

  it("tells nothing where none was written, and never less than none", () => {
    assert.deepEqual([rotatedEarlierIn({}, 12), rotatedEarlierIn({ oldAtBegin: 2 }, 3)], [undefined, 0]);
  });
});
