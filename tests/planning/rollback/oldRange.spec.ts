import assert from "node:assert/strict";
import { oldRangeNeeds, oldRangeProblems, workersWithRoom } from "../../../planning/rollback/oldRange";
import { newNode, webPod } from "../rotation/builders";

const zone = (freeAddresses: number) => ({
  availabilityZone: "us-west-2a",
  subnetIds: ["subnet-nodes-a"],
  freeAddresses,
});
const pods = [
  webPod,
  { ...webPod, name: "host", hostNetwork: true },
  { ...webPod, name: "over", phase: "Succeeded" },
  { ...webPod, name: "going", isTerminating: true },
];
const elsewhere = { ...newNode, availabilityZone: "us-west-2b" };
const leaving = [
  { node: newNode, pods },
  { node: newNode, pods: [webPod] },
  { node: elsewhere, pods: [webPod] },
];

describe("the addresses of the old range", () => {
  it("are needed for each pod that comes back and for each worker, in their zone", () => {
    assert.deepEqual(oldRangeNeeds([zone(100)], leaving), [
      { ...zone(100), newWorkers: 2, neededAddresses: 6 },
    ]);
  });

  it("are needed for more workers where more come than go", () => {
    assert.deepEqual(oldRangeNeeds([zone(100)], leaving, new Map([["us-west-2a", 3]])), [
      { ...zone(100), newWorkers: 3, neededAddresses: 8 },
    ]);
    assert.deepEqual(oldRangeNeeds([zone(100)], leaving, new Map([["us-west-2a", 1]])), [
      { ...zone(100), newWorkers: 2, neededAddresses: 6 },
    ]);
  });

  it("are room for workers beside the pods, but never for fewer than go", () => {
    const room = (free: number) => [...workersWithRoom(oldRangeNeeds([zone(free)], leaving))];
    assert.deepEqual(room(9), [["us-west-2a", 3]]);
    assert.deepEqual(room(10), [["us-west-2a", 4]]);
    assert.deepEqual(room(0), [["us-west-2a", 2]]);
  });

  it("are a problem where they don't suffice, with the numbers", () => {
    assert.deepEqual(oldRangeProblems(oldRangeNeeds([zone(6)], leaving)), []);
    assert.deepEqual(
      oldRangeProblems(oldRangeNeeds([zone(5)], leaving)).map(({ path, reason }) => [path, reason]),
      [
        [
          "zones.us-west-2a",
          "has 5 free addresses in the subnets of its old groups (subnet-nodes-a), and going back takes 6.",
        ],
      ],
    );
  });
});
