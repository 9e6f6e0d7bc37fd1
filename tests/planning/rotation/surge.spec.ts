import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { podsByNode } from "../../../planning/rotation/observation";
import { oldNodes } from "../../../planning/rotation/oldNodes";
import { daemonPods, poolNeed, poolNeeds, poolOf, type WorkerPool } from "../../../planning/rotation/surge";
import { workerShape } from "../../../planning/rotation/workerShape";
import {
  clusterWith,
  daemonPod,
  m5Large,
  newNode,
  oldNodeNamed,
  poolA,
  poolB,
  target,
  webPod,
  webPods,
} from "./builders";

const GIBIBYTE = 2 ** 30;

describe("what a pool needs", () => {
  const need = (
    pods: readonly ClusterPod[],
    pool: WorkerPool = poolA,
    running: readonly ClusterPod[] = [],
    daemons: readonly ClusterPod[] = [],
  ) => poolNeed(pool, pods, podsByNode(running), daemons);

  it("is nothing for no pods", () => {
    assert.deepEqual(need([]), {
      nodeGroupName: "workers-us-west-2a",
      availabilityZones: ["us-west-2a"],
      desiredSize: 0,
      added: 0,
      oversized: [],
      beyondMaximum: 0,
    });
  });

  it("is counted by max pods, with a pod of each DaemonSet on every worker", () => {
    const daemons = ["aws-node", "kube-proxy"].map((name) => ({
      ...daemonPod(name, "old-1"),
      requests: { cpuMillis: 0, memoryBytes: 0 },
    }));
    const small = { cpuMillis: 1, memoryBytes: 1 };
    const pods = (count: number) => webPods(count, "old-1").map((pod) => ({ ...pod, requests: small }));
    assert.equal(need(pods(18), poolA, [], daemons).desiredSize, 1);
    assert.equal(need(pods(19), poolA, [], daemons).desiredSize, 2);
    assert.equal(need(pods(20)).desiredSize, 1);
  });

  it("is counted by CPU and memory as well", () => {
    const cpu = webPods(3, "old-1").map((pod) => ({ ...pod, requests: { cpuMillis: 1000, memoryBytes: 0 } }));
    assert.equal(need(cpu).desiredSize, 3);
    const memory = webPods(5, "old-1").map((pod) => ({
      ...pod,
      requests: { cpuMillis: 0, memoryBytes: 3 * GIBIBYTE },
    }));
    assert.equal(need(memory).desiredSize, 3);
  });

  it("uses the room of workers that are there or joining first", () => {
    const joined: ClusterNode = { ...newNode, name: "new-1" };
    const pool = { ...poolA, desiredSize: 2, nodes: [joined] };
    const half = webPods(10, "new-1").map((pod) => ({ ...pod, requests: { cpuMillis: 1, memoryBytes: 1 } }));
    const coming = webPods(30, "old-1").map((pod) => ({
      ...pod,
      requests: { cpuMillis: 1, memoryBytes: 1 },
    }));
    assert.deepEqual([need(coming, pool, half).desiredSize, need(coming, pool, half).added], [2, 0]);
    const [one] = webPods(1, "old-2").map((pod) => ({ ...pod, requests: { cpuMillis: 1, memoryBytes: 1 } }));
    assert.equal(need([...coming, one ?? webPod], pool, half).desiredSize, 3);
  });

  it("counts no worker that is out of service, and no pod that has ended", () => {
    const pool = { ...poolA, desiredSize: 1, nodes: [{ ...newNode, isUnschedulable: true }] };
    assert.equal(need(webPods(1, "old-1"), pool).desiredSize, 2);
    const ended = webPods(20, "new-1").map((pod) => ({ ...pod, phase: "Succeeded" }));
    assert.equal(need(webPods(1, "old-1"), { ...pool, nodes: [newNode] }, ended).desiredSize, 1);
  });

  it("counts no worker that is not Ready: pods that move now have no room there", () => {
    const pool = {
      ...poolA,
      desiredSize: 2,
      nodes: [newNode, { ...newNode, name: "new-2", isReady: false }],
    };
    const pods = webPods(21, "old-1").map((pod) => ({ ...pod, requests: { cpuMillis: 1, memoryBytes: 1 } }));
    assert.equal(need(pods.slice(1), pool).desiredSize, 2);
    assert.equal(need(pods, pool).desiredSize, 3);
  });

  it("never goes down, nor beyond the maximum, and says how much is missing", () => {
    const pods = webPods(3, "old-1").map((pod) => ({
      ...pod,
      requests: { cpuMillis: 1900, memoryBytes: 0 },
    }));
    const capped = need(pods, { ...poolA, maxSize: 2 });
    assert.deepEqual([capped.desiredSize, capped.beyondMaximum], [2, 1]);
    assert.equal(need([], { ...poolA, desiredSize: 4 }).desiredSize, 4);
  });

  it("names pods that no worker takes", () => {
    const giant = { ...webPod, name: "giant", requests: { cpuMillis: 4000, memoryBytes: 0 } };
    const { oversized, desiredSize } = need([giant, webPod]);
    assert.deepEqual([oversized, desiredSize], [["shop/giant"], 1]);
  });

  it("is a worker at least where a node goes, whether any of its pods moves or not", () => {
    const cluster = clusterWith([oldNodeNamed("old-1")], [daemonPod("aws-node", "old-1")]);
    const old = oldNodes(cluster);
    const sizes = (pools: readonly WorkerPool[], going = old) =>
      poolNeeds(cluster, pools, old, going).map(({ desiredSize, beyondMaximum }) => [
        desiredSize,
        beyondMaximum,
      ]);
    assert.deepEqual(sizes([poolA, poolB]), [
      [1, 0],
      [0, 0],
    ]);
    assert.deepEqual(sizes([poolA], []), [[0, 0]]);
    assert.deepEqual(sizes([{ ...poolA, maxSize: 0 }]), [[0, 0]]);
  });

  it("is the least size that a pool is to have, as far as its maximum lets", () => {
    const cluster = clusterWith([], []);
    const sizeOf = (leastSize: number, maxSize: number) =>
      poolNeeds(cluster, [{ ...poolA, leastSize, maxSize }], [], []).map(
        ({ desiredSize, added, beyondMaximum }) => [desiredSize, added, beyondMaximum],
      );
    assert.deepEqual(sizeOf(3, 6), [[3, 3, 0]]);
    assert.deepEqual(sizeOf(3, 2), [[2, 2, 0]]);
  });

  const somePods = fc.array(fc.record({ cpuMillis: fc.nat(1900), memoryBytes: fc.nat(6 * GIBIBYTE) }), {
    maxLength: 60,
  });
  const podsOf = (requests: readonly ClusterPod["requests"][]): ClusterPod[] =>
    webPods(requests.length, "old-1").map((pod, index) => ({
      ...pod,
      requests: requests[index] ?? pod.requests,
    }));

  it("is never less than pods, CPU and memory alone would take, nor more than a worker per pod", () => {
    fc.assert(
      fc.property(somePods, (requests) => {
        const { desiredSize, oversized, beyondMaximum } = need(podsOf(requests), { ...poolA, maxSize: 1000 });
        const total = (of: "cpuMillis" | "memoryBytes") => requests.reduce((sum, one) => sum + one[of], 0);
        const atLeast = Math.max(
          Math.ceil(requests.length / 20),
          Math.ceil(total("cpuMillis") / 1930),
          Math.ceil(total("memoryBytes") / (7 * GIBIBYTE)),
        );
        assert.ok(desiredSize >= atLeast, `${desiredSize} of ${atLeast}`);
        assert.ok(desiredSize <= requests.length);
        assert.deepEqual([oversized, beyondMaximum], [[], 0]);
      }),
    );
  });
});

describe("the pool of an old node", () => {
  it("replaces its group, in its zone", () => {
    const pools = [poolA, poolB];
    assert.equal(poolOf(oldNodeNamed("old-1", "us-west-2b"), pools), poolB);
    assert.equal(poolOf(oldNodeNamed("old-1", "us-west-2c"), pools), undefined);
    assert.equal(poolOf(oldNodeNamed("old-1", "us-west-2a", "batch"), pools), undefined);
    const inGroup = { ...newNode, owner: { kind: "autoScalingGroup", name: "general" } } as const;
    assert.equal(poolOf(inGroup, pools), poolA);
  });

  it("is of an instance without a group the one with most of its labels, and none of a node of Karpenter", () => {
    const labels = { team: "shop", tier: "web" };
    const lone = { ...newNode, labels, owner: { kind: "standalone" } } as const;
    const other = { ...poolA, nodeGroupName: "other", labels: { team: "shop" } };
    assert.equal(poolOf(lone, [poolA, other, { ...poolB, labels }]), other);
    assert.equal(poolOf(lone, [poolA, { ...other, labels: {} }]), poolA);
    const owner = { kind: "karpenter", nodePool: "general", nodeClaim: "general-x7k2p" } as const;
    assert.equal(poolOf({ ...newNode, owner }, [poolA]), undefined);
  });

  it("gets one pod of each DaemonSet of the nodes that it replaces", () => {
    const pods = [
      daemonPod("aws-node", "old-1"),
      daemonPod("aws-node", "old-2"),
      daemonPod("logs", "old-2"),
      webPod,
    ];
    assert.deepEqual(
      daemonPods(pods).map(({ controller }) => controller?.name),
      ["aws-node", "logs"],
    );
  });
});

describe("what a worker offers", () => {
  it("is told by one that has joined and is Ready", () => {
    const allocatable = { pods: 17, cpuMillis: 1, memoryBytes: 2 };
    const waiting = { ...newNode, isReady: false };
    assert.deepEqual(workerShape([waiting, { ...newNode, allocatable }], [m5Large], [], target), allocatable);
  });

  it("is computed before: EKS's max pods, CPU without kubelet's share, memory of another node of the type", () => {
    const old = oldNodeNamed("old-1");
    assert.deepEqual(workerShape([], [m5Large], [old], target), {
      pods: 20,
      cpuMillis: 1930,
      memoryBytes: old.allocatable.memoryBytes,
    });
    assert.deepEqual(workerShape([], [m5Large], [], { ...target, prefixDelegation: true }), {
      pods: 110,
      cpuMillis: 1930,
      memoryBytes: Infinity,
    });
    assert.equal(workerShape([], [{ ...m5Large, vcpus: 8 }], [], target).cpuMillis, 8000 - 90);
  });

  it("has room for no pod where MAX_ENI leaves no address for pods, so that every pod is told to be too large", () => {
    const shape = workerShape([], [m5Large], [], { ...target, maxEni: 1 });
    assert.equal(shape.pods, 0);
    assert.deepEqual(poolNeed({ ...poolA, shape }, webPods(1, "old-1"), new Map(), []).oversized, [
      "shop/web-old-1-0",
    ]);
  });

  it("is that of the smallest type of a group", () => {
    const big = { ...m5Large, instanceType: "big", enis: 8, ipv4PerEni: 30, vcpus: 16 };
    assert.deepEqual(workerShape([], [big, m5Large], [], target).pods, 20);
    assert.deepEqual(workerShape([], [big, m5Large], [], target).cpuMillis, 1930);
  });
});
