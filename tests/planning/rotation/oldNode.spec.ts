import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { holds, oldReasons, podsCarried, type OldClause } from "../../../planning/rotation/oldNode";
import { cidrBlock } from "../../../planning/cidrBlock";
import { nodeOwner } from "../../../planning/rotation/nodeOwner";
import { aBlock } from "../../support/arbitraries";
import { cleanPrimary, daemonPod, newNode, podEni, target, webPod } from "./builders";

const inside: ClusterPod = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };

describe("old node", () => {
  const rows: [string, Partial<ClusterNode>, readonly ClusterPod[], OldClause[]][] = [
    ["a node with a clean primary ENI and pods in its pod subnet is new", {}, [inside], []],
    [
      "a secondary address on the primary ENI makes it old, used or not",
      { enis: [{ ...cleanPrimary, secondaryAddresses: ["10.8.0.20"] }, podEni] },
      [],
      ["primaryEniCarriesPods"],
    ],
    [
      "a prefix on the primary ENI makes it old",
      { enis: [{ ...cleanPrimary, prefixes: ["10.8.0.16/28"] }, podEni] },
      [],
      ["primaryEniCarriesPods"],
    ],
    [
      "a secondary ENI outside the pod subnets makes it old",
      { enis: [cleanPrimary, { ...podEni, subnetId: "subnet-nodes-a" }] },
      [],
      ["eniOutsidePodSubnets"],
    ],
    [
      "an ENI that is tagged no_manage does not count",
      { enis: [cleanPrimary, podEni, { ...podEni, subnetId: "subnet-nodes-a", noManage: true }] },
      [],
      [],
    ],
    [
      "an EFA does not count",
      { enis: [cleanPrimary, podEni, { ...podEni, subnetId: "subnet-nodes-a", interfaceType: "efa" }] },
      [],
      [],
    ],
    [
      "the trunk of the VPC resource controller does not count",
      { enis: [cleanPrimary, podEni, { ...podEni, subnetId: "subnet-nodes-a", interfaceType: "trunk" }] },
      [],
      [],
    ],
    [
      "an ENI of another network card does not count",
      { enis: [cleanPrimary, podEni, { ...podEni, subnetId: "subnet-nodes-a", networkCardIndex: 1 }] },
      [],
      [],
    ],
    [
      "a pod with an address outside the pod subnets makes it old",
      {},
      [inside, { ...inside, address: "10.8.0.9" }],
      ["podOutsidePodSubnets"],
    ],
    [
      "a hostNetwork pod keeps its node's address and does not count",
      {},
      [{ ...inside, address: "10.8.0.4", hostNetwork: true }],
      [],
    ],
    [
      "a pod that has ended does not count: its address is no longer its own",
      {},
      [{ ...inside, address: "10.8.0.9", phase: "Succeeded" }],
      [],
    ],
    ["a pod without an address does not count", {}, [{ ...inside, address: undefined }], []],
    [
      "one allocatable pod more than its addresses carry makes it old",
      { allocatable: { ...newNode.allocatable, pods: 21 } },
      [],
      ["morePodsThanAddresses"],
    ],
    [
      "fewer allocatable pods than addresses are no reason",
      { allocatable: { ...newNode.allocatable, pods: 8 } },
      [],
      [],
    ],
    [
      "a type that nobody knows is judged by its ENIs and pods alone",
      { instanceType: undefined, allocatable: { ...newNode.allocatable, pods: 999 } },
      [],
      [],
    ],
    [
      "Fargate is never old",
      { owner: { kind: "fargate" }, allocatable: { ...newNode.allocatable, pods: 999 } },
      [{ ...inside, address: "10.8.0.9" }],
      [],
    ],
  ];
  for (const [title, change, pods, clauses] of rows) {
    it(title, () => {
      const reasons = oldReasons({ ...newNode, ...change }, pods, target);
      assert.deepEqual(
        reasons.map(({ clause }) => clause),
        clauses,
      );
    });
  }

  it("names the evidence, so that it can be looked up", () => {
    const node: ClusterNode = {
      ...newNode,
      allocatable: { ...newNode.allocatable, pods: 29 },
      enis: [
        { ...cleanPrimary, secondaryAddresses: ["10.8.0.20"], prefixes: ["10.8.0.32/28", "10.8.0.48/28"] },
        { ...podEni, subnetId: "subnet-nodes-a" },
      ],
    };
    assert.deepEqual(
      oldReasons(node, [webPod], target).map(({ evidence }) => evidence),
      [
        "primary ENI eni-0 carries 1 secondary address and 2 prefixes",
        "secondary ENI eni-1 is in subnet-nodes-a, which is no pod subnet",
        "pod shop/web-1 has 10.8.0.20, which is in no pod subnet",
        "29 allocatable pods, where the addresses of m5.large carry 20",
      ],
    );
  });

  it("counts what addresses carry: by MAX_ENI, prefixes, and the hostNetwork pods that are on every node", () => {
    const carried = (change: Partial<typeof target>, pods: readonly ClusterPod[] = []) =>
      podsCarried(newNode, pods, { ...target, ...change });
    assert.equal(carried({}), 20);
    assert.equal(carried({ maxEni: 2 }), 11);
    assert.equal(carried({ maxEni: 1 }), 2);
    assert.equal(carried({ prefixDelegation: true }), 290);
    const daemons = ["aws-node", "kube-proxy", "node-exporter"].map((name) => daemonPod(name, "new-1"));
    assert.equal(carried({}, daemons), 21);
    assert.equal(carried({}, [...daemons, daemonPod("log-agent", "new-1", false)]), 21);
    assert.equal(carried({}, [{ ...webPod, hostNetwork: true }]), 20);
  });

  it("finds an address in a block exactly where it lies", () => {
    fc.assert(
      fc.property(aBlock({ from: 8, to: 28 }), fc.ipV4(), (block, address) => {
        const number = address.split(".").reduce((total, part) => total * 256 + Number(part), 0);
        assert.equal(holds(block, address), block.first <= number && number <= block.last);
      }),
    );
    assert.equal(holds(cidrBlock("100.64.0.0/18"), "fd00::1"), false);
  });
});

describe("the owner of a node", () => {
  const rows: [string, Parameters<typeof nodeOwner>[0], ReturnType<typeof nodeOwner>][] = [
    [
      "a managed group, although it has an Auto Scaling group",
      { labels: { "eks.amazonaws.com/nodegroup": "general" }, autoScalingGroup: "eks-general-1" },
      { kind: "managedNodeGroup", name: "general" },
    ],
    [
      "Karpenter",
      { labels: { "karpenter.sh/nodepool": "default" } },
      { kind: "karpenter", nodePool: "default" },
    ],
    [
      "Karpenter, by a NodeClaim",
      { labels: { "karpenter.sh/nodepool": "default" }, nodeClaim: "default-x7k2p" },
      { kind: "karpenter", nodePool: "default", nodeClaim: "default-x7k2p" },
    ],
    [
      "an Auto Scaling group alone",
      { labels: {}, autoScalingGroup: "workers" },
      { kind: "autoScalingGroup", name: "workers" },
    ],
    ["Fargate", { labels: { "eks.amazonaws.com/compute-type": "fargate" } }, { kind: "fargate" }],
    ["nobody", { labels: {} }, { kind: "standalone" }],
  ];
  for (const [title, marks, owner] of rows) {
    it(`is ${title}`, () => {
      assert.deepEqual(nodeOwner(marks), owner);
    });
  }
});
