import assert from "node:assert/strict";
import { beginRollback } from "../../../automation/rollback/beginRollback";
import { readRecord, type RotationRecord } from "../../../automation/rotation/record";
import { recordConfigMap } from "../../../automation/recordConfigMap";
import { isRollbackUnfinished } from "../../../planning/rollback/unfinishedRollback";
import { Killed, toolsOver, type PlayedWorld } from "./playedWorld";

const RECORD = "/api/v1/namespaces/kube-system/configmaps/eks-pod-network-rotation";
const AWS_NODE = "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node";
const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";

const rotation: RotationRecord = {
  version: 1,
  runId: "7f3a",
  isFinished: false,
  newestNodeAtMs: 1,
  startedAtMs: 1,
  groups: { general: { minSize: 2, suspended: { "asg-general": ["AlarmNotification"] } } },
  leaving: [{ name: "old-1", instanceId: "i-1" }],
  awsNodeBefore: { WARM_IP_TARGET: "5" },
  before: { general: { minSize: 2, desiredSize: 3, suspended: { "asg-general": ["AlarmNotification"] } } },
};

/** A cluster in which a rotation has emptied `general`, marked a node, and lowered warm targets. */
function worldWith(record: RotationRecord | undefined, customNetworking = true): PlayedWorld {
  const env = [
    { name: FLAG, value: String(customNetworking) },
    { name: "WARM_IP_TARGET", value: record?.awsNodeBefore === undefined ? "5" : "1" },
  ];
  const daemonSet = {
    metadata: { name: "aws-node" },
    spec: { template: { spec: { containers: [{ name: "aws-node", image: "r/cni:1", env }] } } },
  };
  const taint = { key: "eks-pod-network.io/old", effect: "PreferNoSchedule" };
  const node = { metadata: { name: "old-1" }, spec: { taints: record === undefined ? [] : [taint] } };
  return {
    objects: {
      [AWS_NODE]: daemonSet,
      "/api/v1/nodes/old-1": node,
      ...(record !== undefined && { [RECORD]: recordConfigMap("eks-pod-network-rotation", record) }),
    },
    groups: {
      general: {
        isManaged: true,
        min: 0,
        max: 6,
        desired: 0,
        suspended: ["AlarmNotification"],
        zones: ["us-west-2a"],
        subnetIds: ["subnet-a"],
      },
    },
    enis: [],
    subnets: [],
  };
}

const now = { batch: { minSize: 1, desiredSize: 2, suspended: {} } };
/** Begins a rollback, and answers what was told. */
async function begin(world: PlayedWorld, killedAfter = Infinity) {
  const { tools, events, changes } = toolsOver(world, killedAfter);
  await beginRollback(tools, {
    clusterName: "small",
    newestNodeAtMs: 7,
    groupsNow: { ...now, general: { minSize: 0, desiredSize: 0, suspended: {} } },
    resources: 16,
    timeoutMs: 1_000,
  });
  return { events, changes: changes() };
}
const recordIn = (world: PlayedWorld) => readRecord(toolsOver(world).tools.kubernetes);
const envIn = (world: PlayedWorld) => JSON.stringify(world.objects[AWS_NODE]);
const CNI_IS_BACK = { customNetworking: false };

describe("the begin of a rollback", () => {
  it("is written down before its first act, where nothing was ever rotated", async () => {
    const world = worldWith(undefined);
    await begin(world);
    const record = (await recordIn(world)) ?? assert.fail("no record");
    assert.equal(isRollbackUnfinished(record, CNI_IS_BACK), true);
    assert.deepEqual(
      [record.isFinished, record.newestNodeAtMs, record.startedAtMs, record.groups],
      [true, 7, 1_000, {}],
    );
    assert.deepEqual([record.before?.batch, record.resourcesAtBegin], [now.batch, 16]);
  });

  it("ends a rotation that was cut off, and then is written down; what was recorded of groups stays", async () => {
    const world = worldWith(rotation);
    const { events } = await begin(world);
    const record = (await recordIn(world)) ?? assert.fail("no record");
    assert.equal(isRollbackUnfinished(record, CNI_IS_BACK), true);
    assert.deepEqual(record.before, { ...now, ...rotation.before });
    assert.deepEqual([record.awsNodeBefore, record.groups], [undefined, {}]);
    assert.deepEqual(record.leaving, rotation.leaving, "the rotation back looks at what they left behind");
    assert.ok(envIn(world).includes('"WARM_IP_TARGET","value":"5"'), envIn(world));
    assert.ok(!JSON.stringify(world.objects["/api/v1/nodes/old-1"]).includes("PreferNoSchedule"));
    // Its pods come back: nobody is told to delete it.
    assert.deepEqual(
      events.flatMap((event) => (event.type === "note" ? [event.note] : [])),
      [],
    );
  });

  it("is a new one where a rotation has ended, with its own time", async () => {
    const world = worldWith({ ...rotation, isFinished: true, groups: {}, awsNodeBefore: undefined });
    await begin(world);
    const record = (await recordIn(world)) ?? assert.fail("no record");
    assert.deepEqual([record.isWayBack, record.startedAtMs, record.isFinished], [true, 1_000, true]);
    assert.notEqual(record.runId, rotation.runId);
  });

  it("is left as it is by a rollback that goes on", async () => {
    const begun = { ...rotation, isWayBack: true };
    const world = worldWith(begun, false);
    assert.equal((await begin(world)).changes, 0);
    assert.deepEqual(await recordIn(world), begun);
  });

  it("is made anew where somebody has gone forward since: the rotation of then is none to go on with", async () => {
    const world = worldWith({ ...rotation, isWayBack: true }, true);
    await begin(world);
    const record = (await recordIn(world)) ?? assert.fail("no record");
    assert.deepEqual([record.isFinished, record.newestNodeAtMs], [true, 7]);
  });

  it("comes to the same end, wherever it is killed", async () => {
    const whole = worldWith(rotation);
    const { changes } = await begin(whole);
    assert.ok(changes > 4);
    const seen = async (world: PlayedWorld) => {
      const record = (await recordIn(world)) ?? assert.fail("no record");
      const objects = { ...world.objects, [RECORD]: undefined };
      return { groups: world.groups, objects, record: { ...record, runId: "" } };
    };
    for (let at = 0; at < changes; at++) {
      const world = worldWith(rotation);
      await assert.rejects(begin(world, at), Killed);
      await begin(world);
      assert.deepEqual(await seen(world), await seen(whole), `killed after ${at} changes`);
    }
  });
});
