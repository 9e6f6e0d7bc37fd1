import assert from "node:assert/strict";
import { cidrBlock } from "../../../planning/cidrBlock";
import { isNotSeen } from "../../../planning/preflight/finding";
import { previewMeaning, type PreviewFacts } from "../../../planning/preview/previewMeaning";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { rotationSettings } from "../../../planning/rotation/settings";
import type { ResourceChange } from "../../../planning/stack/resourceChange";
import { changeOf, SUBNET } from "../../support/changes";
import { clusterWith, newNode, oldNodeNamed, target, webBudget, webPod, webPods } from "../rotation/builders";

const OFF = { customNetworking: false, prefixDelegation: false, maxEni: undefined };
const ON = { ...OFF, customNetworking: true };
const RANGE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation";
const GROUP = "aws:eks/nodeGroup:NodeGroup";

const nodeSubnets = {
  blocks: new Map([["subnet-nodes-a", cidrBlock("10.8.0.0/20")]]),
  ofNodes: ["subnet-nodes-a"],
};

/** A cluster whose pods have the addresses of its nodes' subnet. */
function before(
  nodes: readonly ClusterNode[],
  pods: readonly ClusterPod[] = [],
  budgets = [webBudget],
): PreviewFacts {
  return {
    podSubnets: [],
    subnets: nodeSubnets,
    cluster: { ...clusterWith(nodes, pods, budgets), target: { ...target, podSubnets: [] }, cni: OFF },
    rotation: rotationSettings(),
  };
}

/** The same after it was brought up: two pod subnets. */
function after(nodes: readonly ClusterNode[], pods: readonly ClusterPod[] = []): PreviewFacts {
  return {
    ...before(nodes, pods),
    podSubnets: target.podSubnets,
    subnets: {
      ...nodeSubnets,
      blocks: new Map([
        ...nodeSubnets.blocks,
        ...target.podSubnets.map((one): [string, ReturnType<typeof cidrBlock>] => [
          one.subnetId,
          cidrBlock(one.cidrBlock),
        ]),
      ]),
    },
    cluster: { ...clusterWith(nodes, pods), cni: ON },
  };
}

const subnet = (zone: string, cidrBlock: string) => ({ availabilityZone: zone, cidrBlock });
const addOn = (env: Record<string, string>): ResourceChange =>
  changeOf("import", "aws:eks/addon:Addon", "cni", {
    before: { addonName: "vpc-cni" },
    after: { addonName: "vpc-cni", configurationValues: JSON.stringify({ env }) },
  });
const bringUp = [
  changeOf("create", SUBNET, "a", { after: subnet("us-west-2a", "100.64.0.0/19") }),
  changeOf("create", SUBNET, "b", { after: subnet("us-west-2b", "100.64.32.0/19") }),
  addOn({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" }),
];

describe("previewMeaning", () => {
  it("counts the addresses, the pods per node and the nodes of a first time", () => {
    const meaning = previewMeaning(
      bringUp,
      before([oldNodeNamed("old-1"), oldNodeNamed("old-2")], webPods(3, "old-1")),
    );
    assert.deepEqual(meaning.addresses, { before: 4_091, after: 2 * 8_187 });
    assert.deepEqual(meaning.podsPerNode, [{ instanceType: "m5.large", before: 29, after: 20 }]);
    assert.deepEqual(meaning.rotation, {
      nodes: 2,
      oldNodes: 2,
      pods: 3,
      // The first worker; then old-1, of whose budget the pods go one by one, and old-2, which is empty.
      seconds: 60 + (90 + 3 * 60) + (90 + 60),
      waitsFor: [{ budget: "shop/web", atOnce: 1, pods: 3 }],
      undrainable: [],
    });
    assert.deepEqual([meaning.dangers, meaning.losses, meaning.notSeen, meaning.lookAt], [[], [], [], []]);
  });

  it("counts pod subnets that an update which was cut off has made, though pods take none of them yet", () => {
    const cluster = { ...clusterWith([oldNodeNamed("old-1")], []), cni: OFF };
    const { addresses, lookAt } = previewMeaning(bringUp.slice(2), { ...after([]), cluster });
    assert.deepEqual(addresses, { before: 4_091, after: 2 * 16_379 });
    assert.deepEqual(lookAt, []);
  });

  it("finds nothing to rotate where all is done", () => {
    const meaning = previewMeaning(
      [],
      after([newNode], [{ ...webPod, nodeName: "new-1", address: "100.64.0.9" }]),
    );
    assert.deepEqual(meaning.addresses, { before: 2 * 16_379, after: 2 * 16_379 });
    assert.deepEqual(meaning.podsPerNode, [{ instanceType: "m5.large", before: 20, after: 20 }]);
    assert.equal(meaning.rotation?.oldNodes, 0);
    assert.equal(meaning.rotation.seconds, 0);
  });

  it("knows that prefix delegation lets the same types carry more", () => {
    const env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENABLE_PREFIX_DELEGATION: "true" };
    const { podsPerNode } = previewMeaning([addOn(env)], after([newNode]));
    assert.deepEqual(podsPerNode, [{ instanceType: "m5.large", before: 20, after: 110 }]);
  });

  it("reads the settings of a self-managed CNI from the patch of its DaemonSet", () => {
    const env = [{ name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "true" }, { name: "MY_NODE_NAME" }];
    const patch = changeOf("create", "kubernetes:apps/v1:DaemonSetPatch", "cni", {
      after: {
        metadata: { name: "aws-node" },
        spec: { template: { spec: { containers: [{ name: "aws-node", env }] } } },
      },
    });
    const { podsPerNode } = previewMeaning([patch], before([oldNodeNamed("old-1")]));
    assert.deepEqual(podsPerNode, [{ instanceType: "m5.large", before: 29, after: 20 }]);
  });

  it("tells the types of groups that come, which no node has yet", () => {
    const group = changeOf("create", GROUP, "workers", {
      after: { instanceTypes: ["m5.xlarge", "no.such"] },
    });
    const { podsPerNode } = previewMeaning([...bringUp, group], before([oldNodeNamed("old-1")]));
    assert.deepEqual(podsPerNode, [
      { instanceType: "m5.large", before: 29, after: 20 },
      { instanceType: "m5.xlarge", after: 44 },
    ]);
  });

  it("says of a type whose only ENI is the node's that it carries none", () => {
    const env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", MAX_ENI: "1" };
    const { podsPerNode } = previewMeaning([addOn(env)], before([oldNodeNamed("old-1")]));
    assert.deepEqual(podsPerNode, [{ instanceType: "m5.large", before: 29, after: 0 }]);
  });

  it("counts pods in a subnet, a block and a group that go, and tells them with the danger", () => {
    const pods = [
      { ...webPod, name: "in-a", nodeName: "new-1", address: "100.64.0.9" },
      { ...webPod, name: "in-b", nodeName: "new-1", address: "100.64.64.9" },
      { ...webPod, name: "ended", nodeName: "new-1", address: "100.64.0.10", phase: "Succeeded" },
      { ...webPod, name: "host", nodeName: "new-1", address: "100.64.0.11", hostNetwork: true },
    ];
    const changes = [
      changeOf("delete", SUBNET, "a", { before: subnet("us-west-2a", "100.64.0.0/18") }),
      changeOf("replace", RANGE, "range", { before: { cidrBlock: "100.64.0.0/16", vpcId: "vpc-1" } }),
      changeOf("delete", GROUP, "workers", { before: { nodeGroupName: "workers-us-west-2a" } }),
    ];
    const { losses, lookAt, addresses, dangers } = previewMeaning(changes, after([newNode], pods));
    assert.deepEqual(
      losses.map(({ what, pods: count }) => [what, count]),
      [
        ["the subnet 100.64.0.0/18", 1],
        ["the block 100.64.0.0/16", 2],
        ["the managed node group workers-us-west-2a", 3],
      ],
    );
    assert.deepEqual(addresses, { before: 2 * 16_379, after: 16_379 });
    assert.deepEqual(
      lookAt.map(({ line }) => line),
      [
        `${dangers[0]?.title ?? ""}, with 1 pod in it`,
        `${dangers[1]?.title ?? ""}, with 2 pods in it`,
        `${dangers[2]?.title ?? ""}, with 3 pods in it`,
        "pods have 16,379 addresses less",
      ],
    );
    assert.deepEqual(lookAt[0]?.danger, { id: "SUBNET-LOST", resource: "a" });
    assert.equal(lookAt[0].wayOut, dangers[0]?.wayOut);
  });

  it("tells what would be forgotten as taken over, of which no change tells", () => {
    const lost = {
      ...{ id: "ADOPTION-LOST" as const, resource: "a", urn: "urn:a" },
      ...{ title: "forgets something", evidence: ["Why."], wayOut: "Name it again." },
    };
    const { dangers, lookAt } = previewMeaning([], { ...after([newNode]), lostAdoptions: [lost] });
    assert.deepEqual(dangers, [lost]);
    assert.deepEqual(lookAt, [
      {
        line: "forgets something",
        danger: { id: "ADOPTION-LOST", resource: "a" },
        ...{ evidence: ["Why."], wayOut: "Name it again." },
      },
    ]);
  });

  it("takes nodes in a subnet that is replaced for old, and those in one that is taken over for new", () => {
    const inA = subnet("us-west-2a", "100.64.0.0/18");
    const replaced = changeOf("replace", SUBNET, "a", { before: inA, after: inA });
    assert.equal(previewMeaning([replaced], after([newNode])).rotation?.oldNodes, 1);
    const taken = changeOf("import", SUBNET, "a", { before: inA, after: inA });
    const facts = { ...after([newNode]), podSubnets: [] };
    assert.equal(previewMeaning([taken], facts).rotation?.oldNodes, 0);
    // What others have made counts before, too: the subnet that the pods of today are in.
    assert.deepEqual(previewMeaning([taken], facts).addresses, { before: 16_379, after: 16_379 });
  });

  it("says of an ENIConfig that stays what it gives from then on, and that nodes have both until they are replaced", () => {
    const ENI_CONFIG = "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig";
    const withSpec = (operation: string, before: object, after: object) =>
      changeOf(operation, ENI_CONFIG, "pod-network-us-west-2a", {
        before: { spec: before },
        after: { spec: after },
      });
    const lookAt = (...changes: ResourceChange[]) => previewMeaning(changes, after([newNode])).lookAt;
    assert.deepEqual(
      lookAt(
        withSpec("update", { subnet: "subnet-1" }, { subnet: "[unknown]", securityGroups: ["sg-1", "sg-2"] }),
      ),
      [
        {
          line: "changes what the ENIConfig pod-network-us-west-2a gives to pods",
          evidence: [
            "Its subnet: subnet-1 before, what this update makes then.",
            "Its security groups: those of the node before, sg-1, sg-2 then.",
            "Interfaces that are attached stay as they are: until they are replaced, nodes have both kinds, and a pod gets either.",
          ],
          wayOut: "Replace the nodes that ask for it afterwards.",
        },
      ],
    );
    assert.equal(lookAt(withSpec("import", { subnet: "subnet-1" }, { subnet: "subnet-2" })).length, 1);
    const same = { subnet: "subnet-1", securityGroups: ["sg-1"] };
    assert.deepEqual(lookAt(withSpec("update", same, same), withSpec("create", {}, same)), []);
  });

  it("names pods that nothing would move, and why", () => {
    const never = { ...webBudget, desiredHealthy: 3, disruptionsAllowed: 0 };
    const bare = { ...webPod, name: "debug", labels: {}, nodeName: "old-2", controller: undefined };
    const { lookAt, rotation } = previewMeaning(
      bringUp,
      before([oldNodeNamed("old-1"), oldNodeNamed("old-2")], [...webPods(4, "old-1"), bare], [never]),
    );
    assert.deepEqual(
      lookAt.map(({ line }) => line),
      [
        "can't move shop/web-old-1-0, shop/web-old-1-1, shop/web-old-1-2 and 1 more (shop/web): the budget needs 3 of 3 pods healthy, so it allows no eviction",
        "refuses to move shop/debug: bare pod, nobody would make it again",
      ],
    );
    assert.deepEqual(
      rotation?.undrainable.map(({ node }) => node),
      ["old-1", "old-2"],
    );
    assert.equal(rotation.seconds, 0);
  });

  it("says what was not seen, and what can be told all the same", () => {
    const facts = { ...before([]), cluster: { notSeen: "the nodes, pods and budgets: no answer" } };
    assert.ok(isNotSeen(facts.cluster));
    const group = changeOf("create", GROUP, "workers", { after: { instanceTypes: ["m5.large"] } });
    const meaning = previewMeaning([...bringUp, group], facts);
    assert.deepEqual(meaning.notSeen, ["the nodes, pods and budgets: no answer"]);
    assert.deepEqual(meaning.addresses, { after: 2 * 8_187 });
    assert.deepEqual(meaning.podsPerNode, [{ instanceType: "m5.large", after: 20 }]);
    assert.equal(meaning.rotation, undefined);
    const blind = previewMeaning([], { ...facts, subnets: { notSeen: "the subnets of the nodes: denied" } });
    assert.deepEqual(blind.notSeen, [
      "the subnets of the nodes: denied",
      "the nodes, pods and budgets: no answer",
    ]);
    assert.deepEqual(blind.podsPerNode, []);
  });
});
