import assert from "node:assert/strict";
import { oldAtBegin, rotatedEarlierIn } from "../../../automation/rotation/record";

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

  it("counts from its own begin, but all runs of a rollback from that of the first", () => {
    const ended = { isFinished: true, oldAtBegin: 6 };
    assert.deepEqual(
      [
        oldAtBegin(undefined, false, 4),
        oldAtBegin({ isFinished: false, oldAtBegin: 6 }, false, 4),
        oldAtBegin({ isFinished: false }, false, 4),
        oldAtBegin(ended, false, 4),
        oldAtBegin({ ...ended, isWayBack: true }, true, 4),
        // One that goes forward since, and one that has just begun.
        oldAtBegin({ ...ended, isWayBack: true }, false, 4),
        oldAtBegin({ isFinished: true, isWayBack: true }, true, 4),
      ],
      [4, 6, undefined, 4, 6, 4, 4],
    );
  });
});
