import assert from "node:assert/strict";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { prepareOldGroups } from "../../../automation/rotation/oldGroups";
import { RotationStopped } from "../../../automation/rotation/result";
import { ROTATION_RECORD, type RotationRecord } from "../../../automation/rotation/record";
import { undoStack } from "../../../automation/rotation/undoStack";
import { toolsOver, type PlayedWorld } from "../rollback/playedWorld";
import { playedLease } from "./playedLease";

describe("old groups that are made ready", () => {
  const record = {
    ...{ version: 1, runId: "7f3a", isFinished: false },
    ...{ newestNodeAtMs: 0, startedAtMs: 0, groups: {} },
  } as RotationRecord;

  async function prepared(isLost?: (changes: number) => boolean, onChange?: (world: PlayedWorld) => void) {
    const world: PlayedWorld = {
      objects: {
        [`${CONFIG_MAPS}/${ROTATION_RECORD}`]: recordConfigMap(ROTATION_RECORD, record),
      },
      groups: {
        general: {
          ...{ isManaged: true, min: 2, max: 6, desired: 3, suspended: ["ScheduledActions"] },
          ...{ zones: ["us-west-2a"], subnetIds: ["subnet-a"] },
        },
      },
      enis: [],
      subnets: [],
    };
    const { tools, changes } = toolsOver(world);
    const lease = playedLease([], () => isLost?.(changes()) ?? false);
    const patch: typeof tools.kubernetes.patch = (path, change) => {
      onChange?.(world);
      return tools.kubernetes.patch(path, change);
    };
    const run = {
      tools: { ...tools, kubernetes: { ...tools.kubernetes, patch }, lease },
      outputs: { clusterName: "small" },
      options: { nodeTimeoutSeconds: 60 },
      undo: undoStack(),
    } as object as Parameters<typeof prepareOldGroups>[0];
    const written = await prepareOldGroups(
      run,
      [{ kind: "managedNodeGroup", name: "general" }],
      record,
    ).catch((error: unknown) => error);
    return { world, changes: changes(), written };
  }

  it("are held still with the minimum 0, and how they were is recorded", async () => {
    const { world, written, changes } = await prepared();
    const { general } = world.groups;
    assert.deepEqual(
      [general?.min, general?.suspended],
      [0, ["ScheduledActions", "AZRebalance", "AlarmNotification"]],
    );
    const taken = { minSize: 2, suspended: { "asg-general": ["AZRebalance", "AlarmNotification"] } };
    assert.deepEqual((written as RotationRecord).groups, { general: taken });
    assert.equal(changes, 3);
  });

  it("stay with a minimum that somebody sets meanwhile, which ends the run before anything is drained", async () => {
    const { world, written } = await prepared(undefined, ({ groups }) => {
      Object.assign(groups.general ?? {}, { min: 3 });
    });
    assert.ok(written instanceof RotationStopped);
    assert.match(
      written.message,
      /^managed node group general: somebody has set its minimum size to 3 at the very/,
    );
    assert.equal(world.groups.general?.min, 3);
  });

  it("are changed, and recorded, only by who holds the lease at that moment", async () => {
    for (let last = 0; last < 3; last++) {
      const { written, changes } = await prepared((done) => done >= last);
      assert.ok(written instanceof LeaseLostError);
      assert.equal(changes, last);
    }
  });
});
