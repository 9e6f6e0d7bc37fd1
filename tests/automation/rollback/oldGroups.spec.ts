import assert from "node:assert/strict";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { findOldGroups } from "../../../automation/rollback/oldGroups";
import type { ClusterNode, Observation } from "../../../planning/rotation/observation";
import { cleanPrimary, newNode, podEni, target } from "../../planning/rotation/builders";
import { toolsOver, type PlayedGroup, type PlayedWorld } from "./playedWorld";

const group = (given: Partial<PlayedGroup> = {}): PlayedGroup => ({
  isManaged: true,
  min: 0,
  max: 6,
  desired: 0,
  suspended: [],
  zones: ["us-west-2a"],
  subnetIds: ["subnet-a"],
  ...given,
});
const worldOf = (groups: Record<string, PlayedGroup>, objects: PlayedWorld["objects"] = {}): PlayedWorld => ({
  objects,
  groups,
  enis: [],
  subnets: [
    { id: "subnet-a", zone: "us-west-2a", free: 100 },
    { id: "subnet-karpenter", zone: "us-west-2b", free: 50 },
    { id: "subnet-nodes-a", zone: "us-west-2a", free: 7 },
  ],
});
const workers = (nodeGroupName: string, replaces: string[]) => ({
  name: "workers",
  kind: "managed" as const,
  nodeGroupName,
  availabilityZone: "us-west-2a",
  replaces,
  maxSize: 6,
});
const outputs = { clusterName: "small", workerGroups: [workers("workers-us-west-2a", ["general"])] };
/** A node with a network interface in a pod subnet. */
const leaving = (name: string, owner: ClusterNode["owner"], labels = {}): ClusterNode => ({
  ...newNode,
  name,
  owner,
  labels,
});
const find = (
  world: PlayedWorld,
  nodes: readonly ClusterNode[] = [],
  {
    workerGroups = outputs.workerGroups,
    leavingGroups = ["workers-us-west-2a"],
    before,
  }: {
    readonly workerGroups?: PodNetworkOutputs["workerGroups"];
    readonly leavingGroups?: string[];
    readonly before?: Parameters<typeof findOldGroups>[3];
  } = {},
) => {
  const observation: Observation = {
    nodes,
    pods: [],
    budgets: [],
    target: { ...target, wayBack: { leavingGroups } },
  };
  const given = { ...outputs, workerGroups } as object as PodNetworkOutputs;
  return findOldGroups(toolsOver(world).tools, given, observation, before);
};
const managed = (name: string) => ({ kind: "managedNodeGroup", name }) as const;
const scaling = (name: string) => ({ kind: "autoScalingGroup", name }) as const;

describe("the groups to which pods go back", () => {
  for (const isManaged of [true, false]) {
    it(`take back the pods of what replaced them, ${isManaged ? "managed" : "Auto Scaling groups"}`, async () => {
      const key = isManaged ? "general" : "autoScalingGroup/general";
      const before = { [key]: { minSize: 2, desiredSize: 3, suspended: {} } };
      const { sources, sizes, problems } = await find(
        worldOf({ general: group({ isManaged }) }),
        [leaving("a", managed("workers-us-west-2a"))],
        { before },
      );
      assert.deepEqual(sources, [
        {
          name: "general",
          kind: isManaged ? "managed" : "autoScaling",
          nodeGroupName: "general",
          availabilityZones: ["us-west-2a"],
          replaces: ["general", "workers-us-west-2a"],
          // With the workers that it gets.
          minSize: 2,
        },
      ]);
      assert.deepEqual(sizes, [
        {
          name: "general",
          availabilityZones: ["us-west-2a"],
          desiredSize: 0,
          going: 0,
          maxSize: 6,
          recordedSize: 3,
        },
      ]);
      assert.deepEqual(problems, []);
    });
  }

  it("make their own nodes anew, beside those that stay, and get their minimum when these are gone", async () => {
    const nodes = ["a", "b"].map((name) => leaving(name, scaling("batch")));
    const { sources, sizes, now } = await find(
      worldOf({ general: group(), batch: group({ isManaged: false, desired: 3, min: 1 }) }),
      nodes,
    );
    const batch = sources.find(({ name }) => name === "batch");
    assert.deepEqual([batch?.replaces, batch?.minSize], [["batch"], undefined]);
    const { desiredSize, recordedSize } = sizes.find(({ name }) => name === "batch") ?? {};
    assert.deepEqual([desiredSize, recordedSize], [1, 3]);
    assert.deepEqual(now["autoScalingGroup/batch"], {
      minSize: 1,
      desiredSize: 3,
      suspended: { batch: ["AZRebalance", "AlarmNotification", "ScheduledActions"] },
    });
  });

  it("do not get the nodes of a group that was taken over, which stays and makes its own anew", async () => {
    const { sources } = await find(
      worldOf({ general: group(), "workers-us-west-2a": group({ desired: 1 }) }),
      [leaving("a", managed("workers-us-west-2a"))],
      { leavingGroups: [] },
    );
    assert.deepEqual(
      sources.map(({ name, replaces }) => [name, replaces]),
      [
        ["general", ["general"]],
        ["workers-us-west-2a", ["workers-us-west-2a"]],
      ],
    );
  });

  it("take back also what took the place of their own replacement, which goes as well", async () => {
    const { sources, problems } = await find(
      worldOf({ general: group(), "workers-us-west-2a": group(), larger: group() }),
      [],
      {
        workerGroups: [...outputs.workerGroups, workers("larger", ["workers-us-west-2a"])],
        leavingGroups: ["workers-us-west-2a", "larger"],
      },
    );
    assert.deepEqual(
      sources.map(({ name, replaces }) => [name, replaces]),
      [["general", ["general", "workers-us-west-2a", "larger"]]],
    );
    assert.deepEqual(problems, []);
  });

  it("must be there, and not on their way out", async () => {
    const gone = await find(worldOf({}));
    assert.match(gone.problems[0]?.reason ?? "", /^managed node group general is gone/);
    assert.deepEqual((await find(worldOf({}), [], { leavingGroups: [] })).problems, []);
    const ending = await find(worldOf({ general: group({ status: "DELETING" }) }));
    assert.deepEqual(
      ending.problems.map(({ reason }) => reason),
      ["managed node group general is being deleted (DELETING), so its pods have nowhere to go back to."],
    );
  });

  it("must not make nodes in a pod subnet", async () => {
    const { problems } = await find(worldOf({ general: group({ subnetIds: ["subnet-pods-a"] }) }));
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ["managed node group general makes nodes in subnet-pods-a, which pods are to leave."],
    );
  });
});

describe("nodes of Karpenter that go back", () => {
  const CLASS = "karpenter.k8s.aws/ec2nodeclass";
  const node = (labels: Record<string, string>) =>
    leaving("k", { kind: "karpenter", nodePool: "default", nodeClaim: "default-1" }, labels);
  const classOf = (...ids: string[]) => ({
    "/apis/karpenter.k8s.aws/v1/ec2nodeclasses/spot": {
      metadata: { name: "spot" },
      status: { subnets: ids.map((id) => ({ id })) },
    },
  });
  const none = { workerGroups: [] };

  it("need addresses in the subnets of their EC2NodeClass", async () => {
    const world = worldOf({}, classOf("subnet-karpenter"));
    const { zones, sources } = await find(world, [node({ [CLASS]: "spot" })], none);
    assert.deepEqual(sources, []);
    assert.deepEqual(zones, [
      { availabilityZone: "us-west-2b", subnetIds: ["subnet-karpenter"], freeAddresses: 50 },
    ]);
  });

  it("need them where they are now, where nobody can tell more", async () => {
    for (const labels of [{}, { [CLASS]: "gone" }]) {
      const { zones } = await find(worldOf({}), [node(labels)], none);
      assert.deepEqual(
        zones.map(({ subnetIds }) => subnetIds),
        [[cleanPrimary.subnetId]],
      );
    }
  });

  it("are refused where Karpenter would make them in a pod subnet again", async () => {
    const world = worldOf({}, classOf("subnet-karpenter", podEni.subnetId));
    const { problems } = await find(world, [node({ [CLASS]: "spot" })], none);
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ["EC2NodeClass spot makes nodes in subnet-pods-a, which pods are to leave."],
    );
  });
});
