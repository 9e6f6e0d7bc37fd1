import assert from "node:assert/strict";
import {
  proposeStack,
  type ProposalFacts,
  type ProposalNodeGroup,
} from "../../planning/proposal/proposeStack";
import type { SubnetFacts } from "../../planning/podNetwork/clusterFacts";
import { problemsOf } from "../support/problems";
import { newNode, oldNodeNamed, target } from "./rotation/builders";

const group: ProposalNodeGroup = {
  nodeGroupName: "general",
  subnetIds: ["subnet-1"],
  instanceTypes: ["m5.large"],
  amiType: "AL2023_x86_64_STANDARD",
  capacityType: "ON_DEMAND",
  diskSize: 50,
  labels: {},
  taints: [],
  nodeRoleArn: "arn:aws:iam::123456789012:role/node",
  tags: {},
  minSize: 1,
  maxSize: 6,
  desiredSize: 3,
};
const subnet = (subnetId: string, availabilityZone: string, block: string): SubnetFacts => ({
  ...{ subnetId, availabilityZone, cidrBlock: block, tags: {} },
  ...{ routeTableId: "rtb-1", hasNatRoute: true, hasInternetGatewayRoute: false, freeAddresses: 100 },
});
const facts: ProposalFacts = {
  clusterName: "shop",
  region: "us-west-2",
  addressing: { cidrBlocks: ["10.8.0.0/16"] },
  nodeGroups: [group],
  scalingGroups: [],
  subnets: [subnet("subnet-1", "us-west-2a", "10.8.0.0/24"), subnet("subnet-2", "us-west-2b", "10.8.1.0/24")],
  eniConfigs: [],
  observed: { nodes: [], pods: [], budgets: [], target: { ...target, podSubnets: [] } },
};
const propose = (given: Partial<ProposalFacts> = {}, podCidrs?: readonly string[]) =>
  proposeStack({ ...facts, ...given }, podCidrs);
const workersOf = (given: Partial<ProposalFacts>) => propose(given).config.workerGroups;

describe("proposeStack", () => {
  it("proposes a range, and new workers in the place of each group", () => {
    assert.deepEqual(propose(), {
      config: {
        clusterName: "shop",
        podCidrs: ["100.64.0.0/16"],
        workerGroups: [{ name: "pods-general", replaces: ["general"], like: "general" }],
      },
      workerNotes: ["As general: its types, image, labels, taints, disk, role, tags and size."],
      notes: [],
    });
  });

  it("proposes a range that the VPC may have, and takes over one that it has when it is asked to", () => {
    const peered = { addressing: { cidrBlocks: ["10.8.0.0/16"], routes: ["100.64.0.0/16"] } };
    assert.deepEqual(propose(peered).config.podCidrs, ["100.65.0.0/16"]);
    const there = { addressing: { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"] } };
    assert.deepEqual(propose(there).config.podCidrs, ["100.65.0.0/16"]);
    const taken = propose(there, ["100.64.0.0/16"]).config;
    assert.deepEqual(taken.podCidrs, ["100.64.0.0/16"]);
    assert.deepEqual(taken.adopt, { cidrBlocks: ["100.64.0.0/16"] });
  });

  it("refuses a range that the VPC may not have, and names one that it may", () => {
    const [problem] = problemsOf(() => propose({}, ["198.19.0.0/16"]));
    assert.equal(problem?.path, "podCidr");
    assert.equal(problem.fix, "Use 100.64.0.0/16, which is free.");
  });

  it("says of a group with a launch template what EKS does not tell of it", () => {
    const launchTemplate = { id: "lt-1", name: "shop", version: "3" };
    const old = { ...group, launchTemplate, instanceTypes: [], amiType: "CUSTOM", diskSize: 0 };
    const template = { instanceType: "m7g.large", diskSize: 80, imageId: "ami-1" };
    const { config, workerNotes } = propose({ nodeGroups: [{ ...old, template }] });
    assert.deepEqual(config.workerGroups, [
      {
        name: "pods-general",
        replaces: ["general"],
        like: "general",
        instanceTypes: ["m7g.large"],
        amiType: "AL2023_ARM_64_STANDARD",
        diskSize: 80,
      },
    ]);
    assert.match(workerNotes.join(), /its launch template lt-1 are not copied[^]*one of its own \(ami-1\)/);
  });

  it("proposes a managed group in the place of an Auto Scaling group, as its nodes are", () => {
    assert.deepEqual(
      workersOf({
        nodeGroups: [],
        scalingGroups: [
          {
            name: "shop.workers",
            maxSize: 4,
            instanceTypes: ["m5.large"],
            nodeRoleArn: "arn:aws:iam::123456789012:role/workers",
            securityGroupIds: ["sg-1"],
            labels: { workload: "workers" },
          },
        ],
      }),
      [
        {
          name: "pods-shop-workers",
          replaces: ["shop.workers"],
          instanceTypes: ["m5.large"],
          amiType: "AL2023_x86_64_STANDARD",
          nodeRoleArn: "arn:aws:iam::123456789012:role/workers",
          securityGroupIds: ["sg-1"],
          maxSize: 4,
          labels: { workload: "workers" },
        },
      ],
    );
  });

  it("leaves Windows nodes and its own groups alone, and says of which nodes it knows nothing", () => {
    const { config, notes } = propose({
      nodeGroups: [
        { ...group, nodeGroupName: "win", amiType: "WINDOWS_CORE_2022_x86_64" },
        { ...group, nodeGroupName: "pods-general", tags: { "eks-pod-network.io/cluster": "shop" } },
      ],
      observed: {
        ...facts.observed,
        nodes: [{ ...oldNodeNamed("ip-10-8-0-9"), owner: { kind: "standalone" } }],
      },
    });
    assert.equal(config.workerGroups, undefined);
    assert.match(notes.join("\n"), /^win has Windows nodes[^]*\nip-10-8-0-9 is in no node group/);
  });

  it("makes the definition of ENIConfigs where there is none", () => {
    assert.deepEqual(propose({ eniConfigs: undefined }).config.cni, { installCrd: true });
  });

  it("gives names that a worker group may have", () => {
    const nodeGroups = [{ ...group, nodeGroupName: `${"a".repeat(39)}--tail` }];
    const [workers] = workersOf({ nodeGroups }) as [{ name: string }];
    assert.equal(workers.name, `pods-${"a".repeat(39)}`);
  });
});

describe("proposeStack, of a cluster with ENIConfigs", () => {
  const podsA = subnet("subnet-pods-a", "us-west-2a", "100.64.0.0/24");
  const podsB = subnet("subnet-pods-b", "us-west-2b", "100.64.1.0/24");
  const a = { name: "us-west-2a", subnetId: "subnet-pods-a" };
  const b = { name: "us-west-2b", subnetId: "subnet-pods-b" };
  const handMade: Partial<ProposalFacts> = {
    addressing: { cidrBlocks: ["10.8.0.0/16", "10.9.0.0/16", "100.64.0.0/16"] },
    nodeGroups: [{ ...group, subnetIds: ["subnet-1", "subnet-2"] }],
    subnets: [...facts.subnets, podsA, podsB],
    eniConfigs: [a, b],
    observed: { ...facts.observed, nodes: [oldNodeNamed("old-1")] },
  };

  it("takes over the block that their subnets are in, the subnets and them", () => {
    const { config, notes } = propose(handMade);
    assert.deepEqual(config, {
      clusterName: "shop",
      podCidrs: ["100.64.0.0/16"],
      workerGroups: [{ name: "pods-general", replaces: ["general"], like: "general" }],
      adopt: {
        cidrBlocks: ["100.64.0.0/16"],
        podSubnets: ["subnet-pods-a", "subnet-pods-b"],
        eniConfigs: ["us-west-2a", "us-west-2b"],
      },
    });
    assert.deepEqual(notes, [
      "The cluster has a pod network already: 100.64.0.0/16, 2 subnets, 2 ENIConfigs are taken over (adopt).",
    ]);
  });

  it("makes no workers in the place of nodes that have their pods there already", () => {
    const { config, notes } = propose({ ...handMade, observed: { ...facts.observed, nodes: [inGroup] } });
    assert.equal(config.workerGroups, undefined);
    assert.match(notes[1] ?? "", /^No pod on nodes of general has an address outside of it/);
    const both = [inGroup, oldNodeNamed("old-1")];
    const partly = propose({ ...handMade, observed: { ...facts.observed, nodes: both } }).config;
    assert.deepEqual(partly.workerGroups, propose(handMade).config.workerGroups);
  });
  const inGroup = { ...newNode, owner: { kind: "managedNodeGroup", name: "general" } } as const;

  it("keeps their security groups where they agree, and says where they don't", () => {
    const withGroups = (...ofB: string[]) =>
      propose({
        ...handMade,
        eniConfigs: [
          { ...a, securityGroupIds: ["sg-2", "sg-1"] },
          { ...b, securityGroupIds: ofB },
        ],
      });
    assert.deepEqual(withGroups("sg-1", "sg-2").config.securityGroupIds, ["sg-1", "sg-2"]);
    const differing = withGroups("sg-1");
    assert.equal(differing.config.securityGroupIds, undefined);
    assert.match(differing.notes[1] ?? "", /^The ENIConfigs name different security groups\./);
  });

  it("says what can't be taken over, and why", () => {
    const { config, notes } = propose({
      ...handMade,
      subnets: [...facts.subnets, podsA, subnet("subnet-first", "us-west-2b", "10.8.9.0/24")],
      eniConfigs: [
        a,
        { ...b, subnetId: "subnet-first" },
        { name: "payments", subnetId: "subnet-pods-a" },
        { name: "us-west-2d", subnetId: "subnet-gone" },
      ],
    });
    assert.deepEqual(config.adopt, {
      cidrBlocks: ["100.64.0.0/16"],
      podSubnets: ["subnet-pods-a"],
      eniConfigs: ["us-west-2a", "us-west-2b"],
    });
    assert.deepEqual(notes, [
      "The cluster has a pod network already: 100.64.0.0/16, 1 subnet, 2 ENIConfigs are taken over (adopt).",
      "ENIConfig us-west-2b gets a new subnet: it names subnet-first (10.8.9.0/24, us-west-2b), which is no part of a further block of the VPC for pods of that zone. Nodes keep what they have until they are replaced.",
      "ENIConfig payments is not taken over, since no zone with nodes is called like that: it names subnet-pods-a (100.64.0.0/24, us-west-2a). It stays as it is; nodes that are to have such a network of their own are a named group (podGroups).",
      "ENIConfig us-west-2d is not taken over, since no zone with nodes is called like that: it names subnet-gone, which the VPC does not have. It stays as it is; nodes that are to have such a network of their own are a named group (podGroups).",
    ]);
  });

  it("goes by the blocks that somebody wants, and by a stack's own subnets not at all", () => {
    const elsewhere = propose(handMade, ["100.72.0.0/16"]);
    assert.deepEqual(elsewhere.config.podCidrs, ["100.72.0.0/16"]);
    assert.deepEqual(elsewhere.config.adopt, { eniConfigs: ["us-west-2a", "us-west-2b"] });
    assert.match(elsewhere.notes[1] ?? "", /^ENIConfig us-west-2a gets a new subnet/);
    const tags = { "eks-pod-network.io/cluster": "shop" };
    const ours = propose({ ...handMade, subnets: [...facts.subnets, { ...podsA, tags }, podsB] });
    assert.equal(ours.config.adopt, undefined);
    assert.match(ours.notes[0] ?? "", /^Pod subnets here are those of a stack of this package/);
  });
});
