import assert from "node:assert/strict";
import type { ApiObject } from "../../../automation/kubernetes";
import { addWorkers, minimumWith } from "../../../automation/rotation/addWorkers";
import { checkedWorkers } from "../../../automation/rotation/checkedWorkers";
import type { Observed } from "../../../automation/rotation/observe";
import type { RotationRecord } from "../../../automation/rotation/record";
import type { Run } from "../../../automation/rotation/runContext";
import type { ClusterNode } from "../../../planning/rotation/observation";
import { clusterWith, newNode, poolA, target } from "../../planning/rotation/builders";
import { playedWatch } from "../rotation/playedWatch";
import { toolsOver, type PlayedWorld } from "./playedWorld";

const owner = { kind: "managedNodeGroup", name: "general" } as const;
/** It was there before, and has a network interface in a pod subnet. */
const leaving: ClusterNode = { ...newNode, name: "leaving-1", createdAtMs: 1, owner };
/** Made anew by the same group, and back in the subnets of nodes. */
const back: ClusterNode = { ...newNode, name: "back-1", createdAtMs: 9, owner, enis: [] };

function worldOf(nodes: readonly ClusterNode[]): PlayedWorld {
  const object = ({ name }: ClusterNode): ApiObject => ({ metadata: { name } });
  return {
    objects: Object.fromEntries(nodes.map((node) => [`/api/v1/nodes/${node.name}`, object(node)])),
    groups: {
      general: {
        isManaged: true,
        min: 0,
        max: 6,
        desired: 0,
        suspended: [],
        zones: ["us-west-2a"],
        subnetIds: ["subnet-a"],
      },
    },
    enis: [],
    subnets: [],
  };
}

function runOver(world: PlayedWorld, nodes: readonly ClusterNode[]) {
  const { tools, events } = toolsOver(world);
  const observed = {
    ...clusterWith(nodes, []),
    target: { ...target, wayBack: { leavingGroups: [] } },
    awsNode: { eniConfigLabel: "topology.kubernetes.io/zone", image: "registry.internal/aws-node:1" },
  } as object as Observed;
  // A pod that is tried gets an address of the subnets of nodes.
  const canary = { metadata: { name: "" }, status: { podIP: "10.8.0.9" } };
  const kubernetes = { ...tools.kubernetes, get: () => Promise.resolve(canary) };
  const source = { name: "general", kind: "managed", nodeGroupName: "general" };
  const run = {
    tools: { ...tools, kubernetes },
    outputs: { clusterName: "small", eniConfigs: [] },
    goal: { sources: [{ ...source, availabilityZones: ["us-west-2a"], replaces: ["general"] }] },
    options: { nodeTimeoutSeconds: 60 },
    watch: playedWatch({
      nodes: nodes.map(({ name }) => ({
        metadata: { name, labels: { "eks.amazonaws.com/nodegroup": "general" } },
        status: { conditions: [{ type: "Ready", status: "True" }] },
      })),
    }),
    observe: () => Promise.resolve(observed),
  } as object as Run;
  return { run, observed, events };
}

const targetOf = (desiredSize: number) => ({
  nodeGroupName: "general",
  availabilityZones: ["us-west-2a"],
  desiredSize,
  added: 0,
});

describe("an old group that makes its own nodes anew", () => {
  it("has those checked that are made, and none of those that go", async () => {
    const nodes = [leaving, back];
    const { run, observed, events } = runOver(worldOf(nodes), nodes);
    const record = {
      runId: "7f3a",
      newestNodeAtMs: 5,
      startedAtMs: 0,
      groups: {},
    } as object as RotationRecord;
    const workers = checkedWorkers(record);
    await workers.add(run, observed, [targetOf(2)]);
    assert.deepEqual(
      events.flatMap((event) => (event.type === "workerChecked" ? [event.node] : [])),
      ["back-1"],
    );
    assert.deepEqual([...workers.checked()], ["general"]);
  });
});

describe("the minimum of an old group", () => {
  const pool = { ...poolA, nodeGroupName: "general", workerGroup: "general", minSize: 2 };

  it("comes back in the call that gives it its workers, before any node is drained", async () => {
    const nodes = ["a", "b", "c"].map((name) => ({ ...back, name }));
    const world = worldOf(nodes);
    const { run, events } = runOver(world, nodes);
    await addWorkers(run, [pool], [targetOf(3)]);
    const { min, desired } = world.groups.general ?? {};
    assert.deepEqual([min, desired], [2, 3]);
    assert.deepEqual(
      events.filter(({ type }) => type === "minSizeRestored"),
      [{ type: "minSizeRestored", nodeGroupName: "general", to: 2 }],
    );
  });

  it("comes back once, when there are as many workers, as EKS takes none above them", () => {
    assert.equal(minimumWith({ desiredSize: 0, minSize: 2 }, 1), undefined);
    assert.equal(minimumWith({ desiredSize: 1, minSize: 2 }, 2), 2);
    assert.equal(minimumWith({ desiredSize: 2, minSize: 2 }, 3), undefined);
    assert.equal(minimumWith({ desiredSize: 0 }, 3), undefined);
  });
});
