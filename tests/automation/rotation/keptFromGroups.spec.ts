import assert from "node:assert/strict";
import { keptFromGroups } from "../../../automation/rotation/keptFromGroups";
import { toolsOver, type PlayedGroup, type PlayedWorld } from "../rollback/playedWorld";

const HELD = ["AZRebalance", "AlarmNotification", "ScheduledActions"];

describe("what groups do not have back after an abort", () => {
  const group: PlayedGroup = {
    ...{ isManaged: true, min: 0, max: 6, desired: 0, suspended: [...HELD.slice(1), "Launch"] },
    ...{ zones: ["us-west-2a"], subnetIds: ["subnet-a"] },
  };
  const world: PlayedWorld = {
    objects: {},
    groups: {
      empty: group,
      few: { ...group, desired: 1, suspended: [] },
      uneven: { ...group, min: 2, desired: 3, suspended: ["AZRebalance"] },
      whole: { ...group, min: 2, desired: 3, suspended: ["Launch"] },
      going: { ...group, status: "DELETING" },
    },
    enis: [],
    subnets: [],
  };
  const groups = Object.fromEntries(
    [...Object.keys(world.groups), "gone"].map((name) => [
      name,
      { minSize: 3, suspended: { [`asg-${name}`]: HELD } },
    ]),
  );
  const suspended = { "asg-empty": ["AlarmNotification", "ScheduledActions"] };
  const few = {
    ...{ group: "few", minSize: 3, desiredSize: 1, suspended: {} },
    command:
      "aws eks update-nodegroup-config --cluster-name small --nodegroup-name few --scaling-config minSize=3,desiredSize=3",
  };
  const uneven = {
    ...{ group: "uneven", minSize: 0, desiredSize: 3 },
    suspended: { "asg-uneven": ["AZRebalance"] },
  };

  it("is told with one way out: of an empty one no command that has it launch old nodes", async () => {
    const wayOut = "Delete the group when nothing needs it any more.";
    assert.deepEqual(await keptFromGroups(toolsOver(world).tools, "small", { groups }), [
      { group: "empty", minSize: 3, desiredSize: 0, suspended, wayOut },
      few,
      uneven,
    ]);
  });

  it("is told of those as well that an earlier call had handed over before it was killed", async () => {
    const { empty, ...others } = groups;
    assert.ok(empty !== undefined);
    const record = { groups: others, handedOver: { empty } };
    const kept = await keptFromGroups(toolsOver(world).tools, "small", record);
    assert.deepEqual(kept.map(({ group: name }) => name).sort(), ["empty", "few", "uneven"]);
  });

  it("is what the rollback sees to, where that had emptied it", async () => {
    const [empty] = await keptFromGroups(toolsOver(world).tools, "small", { groups, isWayBack: true });
    const wayOut = "podnet rollback deletes it, or gives it its sizes and processes back, when it goes on.";
    assert.deepEqual(empty, { group: "empty", minSize: 3, desiredSize: 0, suspended, wayOut });
  });
});
