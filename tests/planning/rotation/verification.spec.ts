import assert from "node:assert/strict";
import { quantity } from "../../../planning/rotation/quantity";
import { rotationSettings, rotationSettingsProblems } from "../../../planning/rotation/settings";
import { verification } from "../../../planning/rotation/verification";
import {
  cleanPrimary,
  clusterWith,
  daemonPod,
  newNode,
  oldNodeNamed,
  podEni,
  target,
  webPod,
} from "./builders";

const inside = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };

describe("verification", () => {
  it("of a cluster that has moved holds in every figure", () => {
    const cluster = clusterWith(
      [newNode],
      [inside, daemonPod("aws-node", "new-1"), { ...inside, phase: "Succeeded", address: "10.8.0.9" }],
    );
    assert.deepEqual(verification(cluster), {
      isVerified: true,
      nodes: 1,
      newNodes: { right: 1, of: 1 },
      pods: 1,
      podsInside: { right: 1, of: 1 },
      podsOutside: [],
      unseenNodes: [],
      cleanPrimaryEnis: { right: 1, of: 1 },
      secondaryEnis: { right: 1, of: 1 },
      allocatablePods: { right: 1, of: 1 },
      allocatableByType: ["m5.large 20"],
      hostNetworkPods: 1,
      fargateNodes: 0,
      oldNodes: [],
      notes: [],
    });
  });

  it("fails for each clause of the definition of old, by the same predicate", () => {
    const old = oldNodeNamed("old-1");
    const result = verification(clusterWith([newNode, old], [inside, webPod]));
    assert.equal(result.isVerified, false);
    assert.deepEqual(result.podsOutside, [{ pod: "shop/web-1", address: "10.8.0.20", node: "old-1" }]);
    assert.deepEqual(
      [result.newNodes, result.podsInside],
      [
        { right: 1, of: 2 },
        { right: 1, of: 2 },
      ],
    );
    assert.deepEqual(result.cleanPrimaryEnis, { right: 1, of: 2 });
    assert.deepEqual(result.allocatablePods, { right: 1, of: 2 });
    assert.deepEqual(
      result.oldNodes.map(({ node, reasons }) => [node, reasons.map(({ clause }) => clause)]),
      [["old-1", ["primaryEniCarriesPods", "podOutsidePodSubnets", "morePodsThanAddresses"]]],
    );
  });

  it("counts a secondary ENI as right in the subnet of its node's zone alone", () => {
    const node = {
      ...newNode,
      enis: [cleanPrimary, podEni, { ...podEni, eniId: "eni-2", subnetId: "subnet-pods-b" }],
    };
    assert.deepEqual(verification(clusterWith([node], [])).secondaryEnis, { right: 1, of: 2 });
  });

  it("does not hold where EC2 shows no primary ENI of a node: of nothing, nothing is old", () => {
    const unseen = { ...newNode, name: "new-2", enis: [] };
    const result = verification(clusterWith([newNode, unseen], [inside]));
    assert.deepEqual(
      [result.isVerified, result.oldNodes, result.unseenNodes, result.cleanPrimaryEnis],
      [false, [], ["new-2"], { right: 1, of: 1 }],
    );
    const secondaryAlone = { ...newNode, enis: [podEni] };
    assert.deepEqual(verification(clusterWith([secondaryAlone], [])).unseenNodes, ["new-1"]);
  });

  it("has an answer where MAX_ENI leaves no address for pods", () => {
    const cluster = { ...clusterWith([newNode], []), target: { ...target, maxEni: 1 } };
    const { isVerified, allocatablePods, notes } = verification(cluster);
    assert.deepEqual([isVerified, allocatablePods, notes], [false, { right: 0, of: 1 }, []]);
  });

  it("of no nodes at all proves nothing", () => {
    assert.equal(verification(clusterWith([], [])).isVerified, false);
  });

  it("passes over Fargate, and says so", () => {
    const fargate = { ...newNode, name: "fargate", owner: { kind: "fargate" as const }, enis: [] };
    const result = verification(clusterWith([newNode, fargate], [{ ...webPod, nodeName: "fargate" }]));
    assert.deepEqual([result.isVerified, result.nodes, result.fargateNodes, result.pods], [true, 1, 1, 0]);
  });

  it("notes fewer allocatable pods than are possible, and a type that it does not know", () => {
    const few = { ...newNode, allocatable: { ...newNode.allocatable, pods: 8 } };
    const strange = { ...newNode, name: "strange", instanceTypeName: "x9.huge", instanceType: undefined };
    assert.deepEqual(verification(clusterWith([few, strange], [])).notes, [
      "new-1: 8 allocatable pods, where 20 are possible",
      "strange: x9.huge is unknown, its max pods were not checked",
    ]);
  });
});

describe("a Kubernetes quantity", () => {
  const rows: [string, number][] = [
    ["100m", 0.1],
    ["2", 2],
    ["0.5", 0.5],
    ["64Mi", 67108864],
    ["1.5Gi", 1610612736],
    ["128974848", 128974848],
    ["129e6", 129e6],
    ["129M", 129e6],
    ["1E", 1e18],
    ["123k", 123000],
  ];
  for (const [text, value] of rows) {
    it(`${text} is ${value}`, () => {
      assert.equal(quantity(text), value);
    });
  }
  it("is nothing else", () => {
    for (const text of ["", "Mi", "1 Gi", "1Q", "one"]) assert.throws(() => quantity(text), RangeError, text);
  });
});

describe("rotation settings", () => {
  it("take their defaults where nothing is said", () => {
    assert.deepEqual(rotationSettings({ podTimeoutSeconds: 60 }), {
      maxUnavailable: 1,
      podTimeoutSeconds: 60,
      nodeTimeoutSeconds: 900,
      deleteEmptyDirData: true,
      restartSingleReplicas: false,
      deleteEmptyGroups: false,
      removeLeakedEnis: false,
      lowerWarmTargets: false,
    });
  });
  it("are refused where they can't be, all at once", () => {
    assert.deepEqual(
      rotationSettingsProblems("rotation", {
        maxUnavailable: 0,
        podTimeoutSeconds: 0,
        nodeTimeoutSeconds: NaN,
        surge: "101%",
        gracePeriodSeconds: 0,
        podSelector: "app=web,tier in web",
        healthGate: { unreadyNodes: -1, unreadyWorkloads: "5%" },
      }).map(({ path, reason }) => `${path}: ${reason}`),
      [
        "rotation.maxUnavailable: 0 is neither a number of nodes from 1 up nor a percentage.",
        'rotation.surge: "101%" is neither a number of workers from 0 up nor a percentage.',
        "rotation.podTimeoutSeconds: 0 is not a time in seconds.",
        "rotation.nodeTimeoutSeconds: NaN is not a time in seconds.",
        "rotation.gracePeriodSeconds: 0 is not a whole number of seconds from 1 up.",
        'rotation.podSelector: "tier in web" is no requirement of a label selector.',
        "rotation.healthGate.unreadyNodes: -1 is neither a number of nodes from 0 up nor a percentage.",
      ],
    );
  });
});
