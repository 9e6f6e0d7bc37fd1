import assert from "node:assert/strict";
import { endedForGoodNotes, instancesInPodSubnets } from "../../../planning/rollback/nodeMakers";
import { oldRangeNeeds } from "../../../planning/rollback/oldRange";
import { othersInBlocks } from "../../../planning/rollback/othersInBlocks";
import type { ClusterNode } from "../../../planning/rotation/observation";
import { oldNodes } from "../../../planning/rotation/oldNodes";
import { planRotation } from "../../../planning/rotation/rotationPlan";
import { poolNeeds } from "../../../planning/rotation/surge";
import { cleanPrimary, newNode, poolA, target, webPod, webPods } from "../rotation/builders";

const wayBack = { ...target, wayBack: { leavingGroups: ["workers-us-west-2a"] } };
const observation = (nodes: readonly ClusterNode[], pods = [webPod].slice(1)) => ({
  nodes,
  pods,
  budgets: [],
  target: wayBack,
});
const owned = (name: string, owner: ClusterNode["owner"]): ClusterNode => ({ ...newNode, name, owner });
const standalone = owned("alone", { kind: "standalone" });

describe("what nobody moves back", () => {
  it("is an instance in a pod subnet on which nothing is of the pod network", () => {
    const enis = [{ ...cleanPrimary, subnetId: "subnet-pods-a" }];
    const inside = { ...newNode, name: "in", owner: { kind: "standalone" as const }, enis };
    const [problem] = instancesInPodSubnets(observation([inside]), ["subnet-pods-a"]);
    assert.equal(problem?.reason, "in: the instance itself is in a pod subnet, which is to be deleted.");
    assert.deepEqual(instancesInPodSubnets(observation([inside]), []), []);
    // One that goes is replaced.
    assert.deepEqual(
      instancesInPodSubnets(observation([{ ...inside, enis: [...enis, ...newNode.enis.slice(1)] }]), [
        "subnet-pods-a",
      ]),
      [],
    );
  });

  it("is a subnet of others in a block that goes", () => {
    const subnets = [
      { subnetId: "subnet-pods-a", cidrBlock: "100.64.0.0/18" },
      { subnetId: "subnet-theirs", cidrBlock: "100.64.64.0/24" },
      { subnetId: "subnet-nodes", cidrBlock: "10.0.0.0/24" },
      { subnetId: "subnet-ipv6", cidrBlock: "" },
    ];
    assert.deepEqual(
      othersInBlocks(["100.64.0.0/16"], subnets, ["subnet-pods-a"]).map(({ reason }) => reason),
      [
        "has blocks that the stack is to take off the VPC, and in them subnets that it did not make: subnet-theirs (100.64.64.0/24).",
      ],
    );
    assert.deepEqual(othersInBlocks([], subnets, []), []);
  });
});

describe("an instance of no group that has something of the pod subnets", () => {
  it("goes with its pods to an old group of its zone, and is told of, as nobody makes it again", () => {
    const notes = endedForGoodNotes(observation([standalone, newNode]));
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? "", /^Instances of no group .* \(alone\) .* nobody makes them again\./);
    assert.deepEqual(endedForGoodNotes(observation([newNode])), []);
    const pool = { ...poolA, nodeGroupName: "general", workerGroup: "general" };
    const { problems } = planRotation(observation([standalone]), [pool], { maxUnavailable: 1 });
    assert.deepEqual(problems, []);
  });

  it("is refused where its zone has no old group", () => {
    const { problems } = planRotation(observation([standalone]), [], { maxUnavailable: 1 });
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ["is to be left and belongs to no group; no old group of us-west-2a takes its pods back."],
    );
  });
});

describe("a node of Karpenter that goes back", () => {
  const karpenter = owned("k", { kind: "karpenter", nodePool: "default" });

  it("counts among what the old range needs", () => {
    const zone = { availabilityZone: "us-west-2a", subnetIds: ["subnet-a"], freeAddresses: 9 };
    const old = oldNodes(observation([karpenter], webPods(3, "k")));
    assert.deepEqual(oldRangeNeeds([zone], old), [{ ...zone, newWorkers: 1, neededAddresses: 5 }]);
  });

  it("is refused where no NodeClaim owns it, as Karpenter would not end it", () => {
    const { problems } = planRotation(observation([karpenter]), [], { maxUnavailable: 1 });
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.reason ?? "", /no NodeClaim owns it/);
  });
});

describe("an old group whose own nodes go", () => {
  const owner = { kind: "managedNodeGroup", name: "general" } as const;
  const nodes = ["a", "b"].map((name) => owned(name, owner));
  const pool = { ...poolA, nodeGroupName: "general", workerGroup: "general", nodes, desiredSize: 2 };
  const needs = (given: object, pods = webPods(1, "a")) => {
    const cluster = observation(nodes, pods);
    const old = oldNodes(cluster);
    return poolNeeds(cluster, [{ ...pool, ...given }], old, old).map(
      ({ desiredSize, added, beyondMaximum }) => [desiredSize, added, beyondMaximum],
    );
  };

  it("gets new workers for their pods: those that go are no room", () => {
    assert.deepEqual(needs({}), [[3, 1, 0]]);
  });

  it("gets as many as it is to have beside those that go, as far as its maximum lets", () => {
    assert.deepEqual(needs({ leastSize: 2 }), [[4, 2, 0]]);
    assert.deepEqual(needs({ leastSize: 2, maxSize: 3 }), [[3, 1, 0]]);
  });

  it("may have its maximum already, where those that stay will fit", () => {
    assert.deepEqual(needs({ maxSize: 2 }), [[2, 0, 0]]);
    assert.deepEqual(needs({ maxSize: 2 }, webPods(60, "a")), [[2, 0, 2]]);
  });

  it("is not grown again for one that was just ended and is there still", () => {
    assert.deepEqual(needs({ leastSize: 1, desiredSize: 2, nodes: [...nodes, newNode] }), [[2, 0, 0]]);
  });
});
