import assert from "node:assert/strict";
import type { LookAhead } from "../../../automation/rotation/lookAhead";
import {
  oldAtBegin,
  removedEarlierIn,
  rotatedEarlierIn,
  type RotationRecord,
} from "../../../automation/rotation/record";
import { newRecord } from "../../../automation/rotation/rotate";
import { clusterWith, newNode } from "../../planning/rotation/builders";

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

  it("tells how many resources earlier processes of a rollback have deleted, where it says how many there were", () => {
    assert.deepEqual(
      [removedEarlierIn({ resourcesAtBegin: 16 }, 1), removedEarlierIn({ resourcesAtBegin: 1 }, 2)],
      [15, 0],
    );
    assert.equal(removedEarlierIn({}, 1), undefined);
  });

  it("keeps from one run of a rollback to the next how many there were, and loses it with one that goes forward", () => {
    const ahead = {
      observed: clusterWith([newNode], []),
      plan: { old: [], bases: {} },
    } as object as LookAhead;
    const earlier: RotationRecord = {
      ...{ version: 1, runId: "7f3a", isFinished: true, isWayBack: true, resourcesAtBegin: 16 },
      ...{ newestNodeAtMs: 0, startedAtMs: 0, groups: {} },
    };
    const begun = [{ wayBack: { leavingGroups: [] } }, {}].map((goal) => newRecord(ahead, goal, earlier, 5));
    assert.deepEqual(
      begun.map(({ resourcesAtBegin }) => resourcesAtBegin),
      [16, undefined],
    );
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
