import assert from "node:assert/strict";
import type { ApiObject } from "../../../automation/kubernetes";
import { checkedWorkers } from "../../../automation/rotation/checkedWorkers";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { Observed } from "../../../automation/rotation/observe";
import type { RotationRecord } from "../../../automation/rotation/record";
import { RotationStopped } from "../../../automation/rotation/result";
import type { Run } from "../../../automation/rotation/runContext";
import type { PoolTarget } from "../../../planning/rotation/surge";
import { clusterWith, newNode } from "../../planning/rotation/builders";
import { playedWatch } from "./playedWatch";

const POOLS = ["workers-us-west-2a", "workers-us-west-2b"] as const;

/** A cluster whose pools have a worker each, Ready, on which a pod gets an address. */
function world({ address = () => "100.64.0.9" }: { readonly address?: (node: string) => string } = {}) {
  const workers = POOLS.map((nodeGroupName, index) => ({
    ...newNode,
    name: `new-${index}`,
    uid: `uid-new-${index}`,
    labels: { "topology.kubernetes.io/zone": "us-west-2a" },
    owner: { kind: "managedNodeGroup" as const, name: nodeGroupName },
  }));
  const observed = {
    ...clusterWith(workers, []),
    awsNode: {
      eniConfigLabel: "topology.kubernetes.io/zone",
      eniConfigAnnotation: "k8s.amazonaws.com/eniConfig",
      image: "registry.internal/eks/aws-node:1",
    },
  } as object as Observed;
  const events: RotationHappening[] = [];
  const canaries: string[] = [];
  const deleted: string[] = [];
  const kubernetes = {
    create: (_: string, pod: ApiObject & { spec?: { nodeName?: string } }) => {
      canaries.push(pod.spec?.nodeName ?? "");
      return Promise.resolve(pod);
    },
    get: (path: string) => {
      const node = workers.find(({ name }) => path.endsWith(name))?.name ?? "";
      return Promise.resolve({ metadata: { name: node }, status: { podIP: address(node) } });
    },
    patch: () => Promise.resolve({ metadata: { name: "" } }),
    delete: (path: string) => {
      deleted.push(path);
      return Promise.resolve();
    },
  };
  const nodegroup = {
    status: "ACTIVE",
    instanceTypes: ["m5.large"],
    scalingConfig: { minSize: 0, maxSize: 6, desiredSize: 1 },
  };
  const run = {
    tools: {
      kubernetes,
      eks: { send: () => Promise.resolve({ nodegroup }) },
      clock: { now: () => 1_000 },
      signal: new AbortController().signal,
      emit: (event: RotationHappening) => events.push(event),
    },
    outputs: { clusterName: "small", eniConfigs: ["us-west-2a"] },
    goal: {
      sources: POOLS.map((nodeGroupName) => ({
        name: "workers",
        kind: "managed",
        nodeGroupName,
        availabilityZones: ["us-west-2a"],
        replaces: ["general"],
      })),
    },
    options: { nodeTimeoutSeconds: 60 },
    watch: playedWatch({
      nodes: workers.map(({ name, owner }) => ({
        metadata: { name, labels: { "eks.amazonaws.com/nodegroup": owner.name } },
        status: { conditions: [{ type: "Ready", status: "True" }] },
      })),
    }),
    observe: () => Promise.resolve(observed),
  } as object as Run;
  const record = { runId: "7f3a", newestNodeAtMs: 0, startedAtMs: 0, groups: {} } as object as RotationRecord;
  const targets: PoolTarget[] = POOLS.map((nodeGroupName) => ({
    nodeGroupName,
    availabilityZones: ["us-west-2a"],
    desiredSize: 1,
    added: 0,
  }));
  const workersOf = checkedWorkers(record);
  const add = (...names: readonly string[]) =>
    workersOf.add(
      run,
      observed,
      targets.filter(({ nodeGroupName }) => names.includes(nodeGroupName)),
    );
  return { add, checked: workersOf.checked, canaries, deleted, events };
}

describe("new workers that are checked", () => {
  it("are tried with a pod once for each pool, which does not stay", async () => {
    const { add, checked, canaries, deleted, events } = world();
    await add(POOLS[0]);
    assert.deepEqual([...checked()], [POOLS[0]]);
    assert.deepEqual(canaries, ["new-0"]);
    await add(...POOLS);
    assert.deepEqual(canaries, ["new-0", "new-1"]);
    assert.equal(deleted.length, 2);
    assert.deepEqual(
      events.filter(({ type }) => type === "workerChecked"),
      POOLS.map((nodeGroupName, index) => ({
        type: "workerChecked",
        nodeGroupName,
        node: `new-${index}`,
        canaryAddress: "100.64.0.9",
      })),
    );
  });

  it("are none where a pod gets an address of elsewhere, whichever pool's it is", async () => {
    const { add, checked, deleted } = world({
      address: (node) => (node === "new-1" ? "10.8.0.9" : "100.64.0.9"),
    });
    await assert.rejects(add(...POOLS), (error) => {
      assert.ok(error instanceof RotationStopped);
      assert.match(error.problem.reason, /a pod on it got 10\.8\.0\.9, which is not in 100\.64\.0\.0\/18/);
      assert.equal(error.problem.path, "nodes.new-1");
      return true;
    });
    assert.ok(deleted.some((path) => path.endsWith("new-1")));
    assert.ok(!checked().has(POOLS[1]));
  });
});
