import assert from "node:assert/strict";
import {
  isBoundToZone,
  saysNoCapacity,
  stillExhausted,
  usablePools,
  withoutCapacity,
} from "../../../planning/rotation/capacity";
import { daemonPod, newNode, oldNodeNamed, poolA, poolB, webPod, webPods } from "./builders";

describe("EC2 without instances", () => {
  const message =
    "We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-west-2a). Launching EC2 instance failed.";

  for (const [said, isSo] of [
    [message, true],
    ["InsufficientInstanceCapacity: none left", true],
    ["You've reached your quota for maximum instances.", false],
    ["There are not enough free addresses in subnet 'subnet-1' to satisfy the request.", false],
  ] as const) {
    it(`is ${isSo ? "" : "not "}what is meant by: ${said.slice(0, 40)}...`, () => {
      assert.equal(saysNoCapacity(said), isSo);
    });
  }

  it("is filled in by another zone's pool of the same worker group: the one that may grow most", () => {
    const wide = {
      ...poolB,
      nodeGroupName: "workers-us-west-2c",
      availabilityZones: ["us-west-2c"],
      maxSize: 9,
    };
    const other = { ...poolB, nodeGroupName: "others-us-west-2b", workerGroup: "others", maxSize: 99 };
    assert.deepEqual(usablePools([poolA, poolB, wide, other], new Set([poolA.nodeGroupName])), [
      poolB,
      { ...wide, availabilityZones: ["us-west-2c", "us-west-2a"] },
      other,
    ]);
    assert.deepEqual(usablePools([poolA, other], new Set([poolA.nodeGroupName])), [other]);
    assert.deepEqual(usablePools([poolA, poolB], new Set()), [poolA, poolB]);
  });

  it("is over for a pool once it has the workers that it wants", () => {
    const exhausted = new Map([[poolA.nodeGroupName, message]]);
    const wanting = { ...poolA, desiredSize: 1 };
    assert.deepEqual(stillExhausted(exhausted, [wanting, poolB]), exhausted);
    assert.deepEqual(
      stillExhausted(exhausted, [{ ...wanting, nodes: [{ ...newNode, isReady: false }] }]),
      exhausted,
    );
    assert.deepEqual(stillExhausted(exhausted, [{ ...wanting, nodes: [newNode] }]), new Map());
  });

  it("binds pods to their zone that name it, or have a volume claim", () => {
    assert.equal(isBoundToZone(webPod), false);
    assert.equal(isBoundToZone({ ...webPod, hasClaims: true }), true);
    const nodeSelector = { "topology.kubernetes.io/zone": "us-west-2a" };
    assert.equal(isBoundToZone({ ...webPod, nodeSelector }), true);
  });

  it("keeps nodes whose pods are bound to the zone, or that no other zone's pool can replace", () => {
    const exhausted = new Map([[poolA.nodeGroupName, message]]);
    const of = (node: string, zone: string, pods = webPods(1, node)) => ({
      node: oldNodeNamed(node, zone),
      reasons: [],
      pods: [...pods, { ...daemonPod("csi", node), hasClaims: true }],
    });
    const bound = { ...webPod, name: "db-0", nodeName: "old-2", hasClaims: true };
    const old = [of("old-1", "us-west-2a"), of("old-2", "us-west-2a", [bound]), of("old-3", "us-west-2b")];
    assert.deepEqual(withoutCapacity(old, [poolA, poolB], exhausted), [
      {
        node: "old-2",
        because: `workers-us-west-2a gets no worker: ${message} And shop/db-0 may not leave its zone for workers-us-west-2b.`,
      },
    ]);
    assert.deepEqual(
      withoutCapacity(old, [poolA], exhausted).map(({ node }) => node),
      ["old-1", "old-2"],
    );
    assert.deepEqual(withoutCapacity(old, [poolA, poolB], new Map()), []);
  });
});
