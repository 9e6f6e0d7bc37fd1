import assert from "node:assert/strict";
import {
  needsLowerWarmTargets,
  nodeAddressProblems,
  nodeAddressRoom,
  podAddressProblems,
  podAddressRoom,
  workersWithRoom,
  type PoolSubnets,
  type SubnetRoom,
} from "../../../planning/rotation/addressRoom";
import type { OldNode } from "../../../planning/rotation/oldNodes";
import { cleanPrimary, clusterWith, m5Large, newNode, oldNodeNamed, poolA, webPods } from "./builders";

const nodesA: SubnetRoom = {
  subnetId: "subnet-nodes-a",
  availabilityZone: "us-west-2a",
  cidrBlock: "10.8.0.0/27",
  freeAddresses: 1,
};
const podsA: SubnetRoom = {
  subnetId: "subnet-pods-a",
  availabilityZone: "us-west-2a",
  cidrBlock: "100.64.0.0/18",
  freeAddresses: 30,
};
const subnetsA: PoolSubnets = {
  nodeGroupName: poolA.nodeGroupName,
  nodeSubnets: [nodesA],
  podSubnet: podsA,
  instanceType: m5Large,
};

/** A node with ten addresses of its node subnet: its own, and nine for pods. */
function full(name: string, pods: number): OldNode {
  const secondaryAddresses = Array.from({ length: 9 }, (_, index) => `10.8.0.${index + 20}`);
  const node = { ...oldNodeNamed(name), enis: [{ ...cleanPrimary, secondaryAddresses }] };
  return { node, reasons: [], pods: webPods(pods, name) };
}

const one = full("old-1", 4);
const two = full("old-2", 9);
const added = (workers: number) => new Map([[poolA.nodeGroupName, workers]]);

describe("room for new workers", () => {
  it("counts the workers of the worst moment, less what gone nodes have given back", () => {
    const [room] = nodeAddressRoom(
      [subnetsA],
      [
        { added: added(2), gone: [] },
        { added: added(13), gone: [one] },
      ],
      [one, two],
    );
    assert.deepEqual(room, {
      availabilityZones: ["us-west-2a"],
      subnets: [nodesA],
      free: 1,
      // 13 less the ten of old-1 are 3.
      needed: 3,
      // Of nine addresses for pods 4 are in use on the first and one stays warm; the second has none to give.
      unused: 4,
      oldNodes: 2,
    });
  });

  it("needs nothing where each worker comes after its old node", () => {
    const moments = [
      { added: added(0), gone: [] },
      { added: added(1), gone: [one] },
    ];
    const rooms = nodeAddressRoom([subnetsA], moments, [one, two]);
    assert.equal(rooms[0]?.needed, 0);
    assert.deepEqual(nodeAddressProblems(rooms, { lowerWarmTargets: false }), []);
  });

  const short = nodeAddressRoom([subnetsA], [{ added: added(3), gone: [] }], [one, two]);

  it("is a problem where it is missing, with the numbers and both ways out", () => {
    assert.deepEqual(nodeAddressProblems(short, { lowerWarmTargets: false }), [
      {
        path: "zones.us-west-2a",
        reason:
          "the node subnets have 1 free address, and new workers need 3 before old nodes give theirs back: subnet-nodes-a (10.8.0.0/27).",
        fix: "surge: 0 (--surge 0) drains an old node before its replacement is made; or lowerWarmTargets: true (--lower-warm-targets) lets 2 old nodes give back about 4 that no pod has.",
      },
    ]);
  });

  it("is found by lower warm targets where those free enough, and not promised where they don't", () => {
    assert.deepEqual(nodeAddressProblems(short, { lowerWarmTargets: true }), []);
    assert.equal(needsLowerWarmTargets(short), true);
    const tooShort = nodeAddressRoom([subnetsA], [{ added: added(6), gone: [] }], [one, two]);
    assert.equal(needsLowerWarmTargets(tooShort), false);
    assert.match(nodeAddressProblems(tooShort, { lowerWarmTargets: false })[0]?.fix ?? "", /is made\.$/);
    assert.match(
      nodeAddressProblems(tooShort, { lowerWarmTargets: true })[0]?.fix ?? "",
      /; lower warm targets free about 4, too few\.$/,
    );
    assert.match(
      nodeAddressProblems(tooShort, { lowerWarmTargets: false, surge: 0 })[0]?.fix ?? "",
      /^give the worker group subnets with room \(subnetIds\), or end what holds addresses there\.$/,
    );
    assert.equal(needsLowerWarmTargets(nodeAddressRoom([subnetsA], [], [one])), false);
  });
});

describe("room for workers ahead", () => {
  it("is what is free in a pool's subnets, shared with the other pools there", () => {
    const free = { ...nodesA, freeAddresses: 5 };
    const elsewhere = { ...nodesA, subnetId: "subnet-nodes-b", freeAddresses: 0 };
    const pools: PoolSubnets[] = [
      { ...subnetsA, nodeGroupName: "a-1", nodeSubnets: [free] },
      { ...subnetsA, nodeGroupName: "a-2", nodeSubnets: [free] },
      { ...subnetsA, nodeGroupName: "b", nodeSubnets: [elsewhere] },
      { ...subnetsA, nodeGroupName: "unknown", nodeSubnets: [] },
    ];
    assert.deepEqual(
      [...workersWithRoom(pools)],
      [
        ["a-1", 2],
        ["a-2", 2],
        ["b", 0],
      ],
    );
  });
});

describe("room for pods", () => {
  const room = (pods: number, workers: number, pool = poolA) => {
    const old = full("old-1", pods);
    const targets = [{ ...poolA, desiredSize: workers, added: workers }];
    const cluster = clusterWith([old.node, ...pool.nodes], old.pods);
    return podAddressRoom(cluster, [pool], [subnetsA], targets, [old], {})[0];
  };

  it("is what the workers take once all has moved, with their spare ENI", () => {
    // An m5.large has ENIs of ten addresses; 4 pods are on one, and one is kept free.
    assert.deepEqual(room(4, 1), {
      subnetId: "subnet-pods-a",
      availabilityZone: "us-west-2a",
      cidrBlock: "100.64.0.0/18",
      free: 30,
      needed: 20,
      workers: 1,
      pods: 4,
    });
    assert.equal(room(4, 2)?.needed, 40);
  });

  it("leaves out what workers hold that have joined", () => {
    // newNode has one ENI there with one address for pods.
    assert.equal(room(4, 1, { ...poolA, nodes: [newNode] })?.needed, 18);
  });

  it("is a problem where it is missing", () => {
    const problems = podAddressProblems([room(4, 2) ?? assert.fail()]);
    assert.deepEqual(
      problems.map(({ path, reason }) => [path, reason]),
      [
        [
          "podSubnets.subnet-pods-a",
          "100.64.0.0/18 in us-west-2a has 30 free addresses; 2 workers with 4 pods take 40 more, warm ones included.",
        ],
      ],
    );
    assert.deepEqual(podAddressProblems([room(4, 1) ?? assert.fail()]), []);
  });
});
