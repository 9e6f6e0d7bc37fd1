import assert from "node:assert/strict";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import { takeBack } from "../../../automation/rotation/abort";
import type { ActingTools } from "../../../automation/rotation/outside";
import { readRecord, ROTATION_RECORD, type RotationRecord } from "../../../automation/rotation/record";
import { Killed, toolsOver, type PlayedGroup, type PlayedWorld } from "../rollback/playedWorld";

const HELD = ["AlarmNotification", "ScheduledActions"];
const group: PlayedGroup = {
  ...{ isManaged: true, min: 0, max: 6, desired: 0, suspended: HELD },
  ...{ zones: ["us-west-2a"], subnetIds: ["subnet-a"] },
};
const taken = (name: string) => ({ minSize: 3, suspended: { [`asg-${name}`]: HELD } });

/** A run was killed that had emptied one group, and replaced a part of another. */
function killedRun(given: Partial<RotationRecord> = {}): PlayedWorld {
  const record: RotationRecord = {
    ...{ version: 1, runId: "7f3a", isFinished: false, newestNodeAtMs: 0, startedAtMs: 0 },
    groups: { empty: taken("empty"), few: taken("few") },
    ...given,
  };
  return {
    objects: { [`${CONFIG_MAPS}/${ROTATION_RECORD}`]: recordConfigMap(ROTATION_RECORD, record) },
    groups: { empty: { ...group }, few: { ...group, desired: 1, suspended: [] } },
    enis: [],
    subnets: [],
  };
}

/** @param interfaces states by their ids, of the instance i-1. */
async function aborted(
  world: PlayedWorld,
  killedAfter?: number,
  interfaces: Readonly<Record<string, string>> = {},
) {
  const { tools: played, events, changes } = toolsOver(world, killedAfter);
  const send = (command: object) => {
    assert.ok(command instanceof DescribeNetworkInterfacesCommand, "nothing is removed");
    const isAsked = command.input.Filters?.[0]?.Values?.[0] === "i-1";
    const NetworkInterfaces = Object.entries(isAsked ? interfaces : {}).map(([id, Status]) => ({
      ...{ NetworkInterfaceId: id, Status },
    }));
    return Promise.resolve({ NetworkInterfaces });
  };
  const tools = { ...played, ec2: { send } } as object as ActingTools;
  const notes: string[] = [];
  const emit: ActingTools["emit"] = (event) => {
    if (event.type === "note") notes.push(event.note);
    played.emit(event);
  };
  const options = { nodeTimeoutSeconds: 1, removeLeakedEnis: false };
  const result = await takeBack({ tools: { ...tools, emit }, notes }, "small", options);
  return { result, events, changes: changes(), record: await readRecord(tools.kubernetes) };
}

describe("a rotation that is aborted", () => {
  it("tells what groups do not have back once: in what it answers, and in no note", async () => {
    const { result } = await aborted(killedRun());
    assert.deepEqual([result.outcome, result.notes], ["aborted", []]);
    assert.deepEqual(
      result.kept.map(({ group: name, minSize }) => [name, minSize]),
      [
        ["empty", 3],
        ["few", 3],
      ],
    );
  });

  it("tells in a note what somebody has set meanwhile, which no list has", async () => {
    const world = killedRun();
    Object.assign(world.groups.few ?? {}, { min: 1 });
    const { notes } = (await aborted(world)).result;
    assert.deepEqual(notes, [
      "few stays with the minimum size 1, which somebody has set meanwhile; before the rotation it was 3.",
    ]);
  });

  it("lists the same groups wherever an earlier call was killed before its end", async () => {
    const { changes, record } = await aborted(killedRun());
    assert.ok(changes > 2);
    assert.deepEqual(
      [record?.isAborted, record?.handedOver, Object.keys(record?.groups ?? {})],
      [true, undefined, ["few"]],
    );
    for (let at = 0; at < changes; at++) {
      const world = killedRun();
      await assert.rejects(aborted(world, at), Killed);
      const { kept } = (await aborted(world)).result;
      assert.deepEqual(kept.map(({ group: name }) => name).sort(), ["empty", "few"], `after ${at} changes`);
    }
  });

  it("goes on also where the run had ended before, and only handed-over groups are left to tell", async () => {
    const handedOver = { empty: taken("empty") };
    const world = killedRun({ isFinished: true, groups: {}, handedOver });
    const { result, record } = await aborted(world);
    assert.deepEqual([result.outcome, result.kept.length, record?.handedOver], ["aborted", 1, undefined]);
    assert.equal((await aborted(world)).result.outcome, "nothing");
  });

  it("tells interfaces that nodes have left behind which were on their way, once, and removes none", async () => {
    const leaving = [
      { name: "old-1", instanceId: "i-1" },
      { name: "old-2", instanceId: "i-2f" },
    ];
    const world = killedRun({ leaving });
    // Its instance is ending still: the next run looks at it.
    const node = { metadata: { name: "old-2" }, spec: { providerID: "aws:///us-west-2a/i-2f" } };
    world.objects["/api/v1/nodes/old-2"] = node;
    const { result, record } = await aborted(world, undefined, { "eni-1": "available" });
    assert.deepEqual(result.notes, [
      "old-1 left eni-1 behind, which take addresses and keep their subnets from being deleted. aws-node of another node removes them in a while, unless that is switched off; aws ec2 delete-network-interface does so at once.",
    ]);
    assert.deepEqual(record?.leaving, leaving.slice(1));
  });
});
