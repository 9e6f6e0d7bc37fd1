import assert from "node:assert/strict";
import { DescribeAutoScalingInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { AWS_NODE_PATH, getAwsNode } from "../../../automation/awsNodeDaemonSet";
import type { ApiObject } from "../../../automation/kubernetes";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import { finish } from "../../../automation/rotation/finish";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { readNode } from "../../../automation/rotation/nodeMarks";
import type { ActingTools } from "../../../automation/rotation/outside";
import { readRecord, ROTATION_RECORD } from "../../../automation/rotation/record";
import { toolsOver, type PlayedWorld } from "../rollback/playedWorld";
import { playedLease } from "./playedLease";

const HELD = ["AZRebalance", "AlarmNotification", "ScheduledActions"];
const PREFIX = "eks-pod-network.io";

/** What a run that was cut off has left: a node that is drained, a group that is held still, lowered warm targets. */
function left(): PlayedWorld {
  const record = {
    version: 1,
    runId: "7f3a",
    isFinished: false,
    newestNodeAtMs: 0,
    startedAtMs: 0,
    groups: { general: { minSize: 2, suspended: { "asg-general": HELD } } },
    awsNodeBefore: { WARM_IP_TARGET: "5", MINIMUM_IP_TARGET: "10" },
  };
  const node = {
    metadata: {
      name: "old-1",
      annotations: {
        [`${PREFIX}/run`]: "7f3a",
        [`${PREFIX}/was-cordoned`]: "false",
        [`${PREFIX}/scale-down-disabled`]: "true",
      },
    },
    spec: {
      unschedulable: true,
      providerID: "aws:///us-west-2a/i-1",
      taints: [{ key: `${PREFIX}/old`, effect: "PreferNoSchedule" }],
    },
  };
  return {
    objects: {
      [`${CONFIG_MAPS}/${ROTATION_RECORD}`]: recordConfigMap(ROTATION_RECORD, record),
      [AWS_NODE_PATH]: awsNode({ WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" }),
      "/api/v1/nodes/old-1": node,
    },
    groups: {
      general: {
        ...{ isManaged: true, min: 0, max: 6, desired: 3, suspended: [...HELD] },
        ...{ zones: ["us-west-2a"], subnetIds: ["subnet-a"] },
      },
    },
    enis: [],
    subnets: [],
  };
}

function awsNode(values: Readonly<Record<string, string>>): ApiObject {
  const env = Object.entries({ AWS_VPC_K8S_CNI_LOGLEVEL: "DEBUG", ...values });
  const container = { name: "aws-node", image: "cni", env: env.map(([name, value]) => ({ name, value })) };
  return {
    metadata: { name: "aws-node" },
    spec: { template: { spec: { containers: [container] } } },
  } as ApiObject;
}

async function finished(world: PlayedWorld, isLost?: (changes: number) => boolean) {
  const { tools: played, events, changes } = toolsOver(world);
  const send = (command: object) =>
    command instanceof DescribeAutoScalingInstancesCommand
      ? Promise.resolve({ AutoScalingInstances: [{ LifecycleState: "InService" }] })
      : played.autoScaling.send(command as DescribeAutoScalingInstancesCommand);
  const lease = playedLease([], () => isLost?.(changes()) ?? false);
  const tools = { ...played, autoScaling: { send }, lease } as object as ActingTools;
  const failure: unknown = await finish(tools, "small", 1_000).then(
    () => undefined,
    (error: unknown) => error,
  );
  const notes = events.flatMap((event) => (event.type === "note" ? [event.note] : []));
  return { tools, events, notes, changes: changes(), failure };
}

async function warmTargetsIn({ kubernetes }: ActingTools) {
  const [container] = (await getAwsNode(kubernetes)).spec.template.spec.containers;
  return (container?.env ?? []).map(({ name, value }) => `${name}=${value ?? ""}`);
}

describe("the end of a run", () => {
  it("gives everything back that was only for the run", async () => {
    const world = left();
    const { tools, failure, notes } = await finished(world);
    assert.deepEqual([failure, notes], [undefined, []]);
    const node = await readNode(tools.kubernetes, "old-1");
    assert.deepEqual(
      [node?.metadata.annotations, node?.spec?.unschedulable, node?.spec?.taints],
      [{}, undefined, []],
    );
    assert.deepEqual([world.groups.general?.min, world.groups.general?.suspended], [2, []]);
    assert.deepEqual(await warmTargetsIn(tools), [
      "AWS_VPC_K8S_CNI_LOGLEVEL=DEBUG",
      "WARM_IP_TARGET=5",
      "MINIMUM_IP_TARGET=10",
    ]);
    const record = await readRecord(tools.kubernetes);
    assert.deepEqual([record?.isFinished, record?.groups, record?.awsNodeBefore], [true, {}, undefined]);
    assert.equal(record?.endedAtMs, 1_000);
  });

  it("changes nothing any more once another holds the lease, after whichever change that is", async () => {
    const { changes } = await finished(left());
    assert.equal(changes, 9);
    for (let last = 0; last < changes; last++) {
      const lost = await finished(left(), (done) => done >= last);
      assert.ok(lost.failure instanceof LeaseLostError);
      assert.equal(lost.changes, last);
      assert.ok(!lost.events.some(({ type }) => type === "undoFailed"), "it is no failure of the undoing");
    }
  });

  it("leaves warm targets that somebody has set meanwhile, and says so", async () => {
    const world = left();
    world.objects[AWS_NODE_PATH] = awsNode({ WARM_IP_TARGET: "3" });
    const { tools, notes, events } = await finished(world);
    assert.deepEqual(await warmTargetsIn(tools), ["AWS_VPC_K8S_CNI_LOGLEVEL=DEBUG", "WARM_IP_TARGET=3"]);
    assert.deepEqual(notes, [
      "aws-node stays with WARM_IP_TARGET=3, which somebody has set meanwhile; before the rotation it was WARM_IP_TARGET=5.",
      "aws-node stays with MINIMUM_IP_TARGET not set, which somebody has set meanwhile; before the rotation it was MINIMUM_IP_TARGET=10.",
    ]);
    assert.ok(!events.some(({ type }) => type === "warmTargetsRestored"));
    assert.equal((await readRecord(tools.kubernetes))?.awsNodeBefore, undefined);
  });

  it("leaves a minimum that somebody has changed meanwhile, and says so; processes that run again just run", async () => {
    const world = left();
    Object.assign(world.groups.general ?? {}, { min: 1, suspended: ["AlarmNotification", "Launch"] });
    const { notes } = await finished(world);
    assert.deepEqual([world.groups.general?.min, world.groups.general?.suspended], [1, ["Launch"]]);
    assert.deepEqual(notes, [
      "general stays with the minimum size 1, which somebody has set meanwhile; before the rotation it was 2.",
    ]);
  });
});
