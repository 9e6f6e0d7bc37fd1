import assert from "node:assert/strict";
import { clearPodSubnets } from "../../../automation/rollback/clearPodSubnets";
import { restoreGroups } from "../../../automation/rollback/restoreGroups";
import { RotationStopped } from "../../../automation/rotation/result";
import { Killed, toolsOver, type PlayedGroup, type PlayedWorld } from "./playedWorld";

const HELD = ["AZRebalance", "AlarmNotification"];
const group = (given: Partial<PlayedGroup> = {}): PlayedGroup => ({
  isManaged: true,
  min: 0,
  max: 6,
  desired: 2,
  suspended: [...HELD, "ReplaceUnhealthy"],
  zones: ["us-west-2a"],
  subnetIds: ["subnet-a"],
  ...given,
});
const worldOf = (groups: Record<string, PlayedGroup>): PlayedWorld => ({
  objects: {},
  groups,
  enis: [],
  subnets: [],
});
const before = {
  general: { minSize: 2, desiredSize: 3, suspended: { "asg-general": HELD } },
  "autoScalingGroup/own": { minSize: 1, desiredSize: 2, suspended: { own: HELD } },
  gone: { minSize: 1, desiredSize: 1, suspended: {} },
};
const mixed = () => worldOf({ general: group(), own: group({ isManaged: false, desired: 0 }) });
async function restore(world: PlayedWorld, killedAfter?: number) {
  const { tools, changes } = toolsOver(world, killedAfter);
  await restoreGroups(tools, "small", before, 1_000);
  return changes();
}
const sizesIn = ({ groups }: PlayedWorld) =>
  Object.values(groups).map(({ min, desired, suspended }) => [min, desired, suspended]);

describe("giving old groups back what they had", () => {
  it("gives sizes and the processes that were ours, to groups of either kind", async () => {
    const world = mixed();
    await restore(world);
    assert.deepEqual(sizesIn(world), [
      [2, 3, ["ReplaceUnhealthy"]],
      [1, 2, ["ReplaceUnhealthy"]],
    ]);
    assert.equal(await restore(world), 0);
  });

  it("lowers nothing, and leaves a minimum that somebody has set since", async () => {
    const world = worldOf({ general: group({ min: 1, desired: 5, suspended: [] }) });
    await restore(world);
    assert.deepEqual(sizesIn(world), [[1, 5, []]]);
  });

  it("comes to the same end, wherever it is killed", async () => {
    const whole = mixed();
    const changes = await restore(whole);
    assert.equal(changes, 4);
    for (let at = 0; at < changes; at++) {
      const world = mixed();
      await assert.rejects(restore(world, at), Killed);
      await restore(world);
      assert.deepEqual(sizesIn(world), sizesIn(whole), `killed after ${at} changes`);
    }
  });
});

describe("network interfaces in subnets that go", () => {
  const leaked = (id: string, given = {}) => ({
    NetworkInterfaceId: id,
    SubnetId: "subnet-pods",
    Status: "available" as const,
    TagSet: [{ Key: "node.k8s.amazonaws.com/instance_id", Value: "i-1" }],
    ...given,
  });
  const clear = (world: PlayedWorld, killedAfter?: number, timeoutMs = 1_000) =>
    clearPodSubnets(toolsOver(world, killedAfter).tools, ["subnet-pods"], timeoutMs);

  it("are removed where the CNI has left them, wherever it is killed, and those of other subnets stay", async () => {
    const other = leaked("eni-3", { SubnetId: "subnet-a" });
    for (const at of [0, 1]) {
      const world = { ...worldOf({}), enis: [leaked("eni-1"), leaked("eni-2"), other] };
      await assert.rejects(clear(world, at), Killed);
      await clear(world);
      assert.deepEqual(world.enis, [other]);
    }
  });

  it("are named and stay where somebody else has made them, or they are attached", async () => {
    const attached = leaked("eni-1", { Status: "in-use" as const });
    const others = leaked("eni-2", { TagSet: [], Description: "RDSNetworkInterface" });
    const world = { ...worldOf({}), enis: [attached, others] };
    await assert.rejects(clear(world, Infinity, -1), (error: unknown) => {
      assert.ok(error instanceof RotationStopped);
      assert.match(
        error.problem.reason,
        /eni-1 in subnet-pods \(no description\), eni-2 in subnet-pods \(RDSNetworkInterface\)/,
      );
      return true;
    });
    assert.equal(world.enis.length, 2);
  });
});
