import assert from "node:assert/strict";
import { frontMemory, readMemory, writeMemory } from "../../../sandbox/aws/frontMemory";
import type { AddOn, Cluster, NodeGroup } from "../../../sandbox/aws/eks/eksState";
import { nameReservation } from "../../../sandbox/aws/nameReservation";

const SERVER = "https://127.0.0.1:20000";

/** As much of a cluster as a memory looks at. */
function clusterWith(status: AddOn["status"]): Cluster {
  const addOn = { name: "vpc-cni", status } as AddOn;
  const group = { name: "general", status: "ACTIVE", updates: new Map() } as unknown as NodeGroup;
  return {
    name: "large",
    status: "ACTIVE",
    endpoint: SERVER,
    createdAt: 1,
    nodeGroups: new Map([["general", group]]),
    addOns: new Map([["vpc-cni", addOn]]),
    reserveNodeGroup: nameReservation(),
  } as unknown as Cluster;
}

function memoryWith(status: AddOn["status"]) {
  const memory = frontMemory();
  memory.clusters.set("large", clusterWith(status));
  memory.deletedWithInstance.add("eni-1");
  memory.groupsOf.set("eni-1", ["sg-1"]);
  return memory;
}

describe("the front's memory", () => {
  it("is read as it was written, for a control plane at another address", () => {
    const memory = memoryWith("ACTIVE");
    const read = readMemory(writeMemory(memory, SERVER), "https://127.0.0.1:20001");
    const { reserveNodeGroup, ...cluster } = read.clusters.get("large") ?? clusterWith("DEGRADED");
    const { reserveNodeGroup: before, ...written } = clusterWith("ACTIVE");
    assert.deepEqual(cluster, { ...written, endpoint: "https://127.0.0.1:20001" });
    assert.deepEqual([typeof reserveNodeGroup, typeof before], ["function", "function"]);
    assert.deepEqual(read.deletedWithInstance, memory.deletedWithInstance);
    assert.deepEqual(read.groupsOf, memory.groupsOf);
  });

  it("leaves an endpoint that is not the control plane's own", () => {
    const read = readMemory(writeMemory(memoryWith("ACTIVE"), "https://127.0.0.1:1"), "https://127.0.0.1:2");
    assert.equal(read.clusters.get("large")?.endpoint, SERVER);
  });

  it("is not written while something is under way, which nobody would end", () => {
    assert.throws(() => writeMemory(memoryWith("UPDATING"), SERVER), { message: "vpc-cni is UPDATING" });
  });
});
