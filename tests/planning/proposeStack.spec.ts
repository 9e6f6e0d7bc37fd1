import assert from "node:assert/strict";
import {
  proposeStack,
  type ProposalFacts,
  type ProposalNodeGroup,
} from "../../planning/proposal/proposeStack";
import { problemsOf } from "../support/problems";

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
const facts: ProposalFacts = {
  clusterName: "shop",
  region: "us-west-2",
  addressing: { cidrBlocks: ["10.8.0.0/16"] },
  nodeGroups: [group],
  scalingGroups: [],
  hasEniConfigs: true,
  otherNodes: [],
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
      otherNodes: ["ip-10-8-0-9"],
    });
    assert.equal(config.workerGroups, undefined);
    assert.match(notes.join("\n"), /^win has Windows nodes[^]*\nip-10-8-0-9 is in no node group/);
  });

  it("makes the definition of ENIConfigs where there is none", () => {
    assert.deepEqual(propose({ hasEniConfigs: false }).config.cni, { installCrd: true });
  });

  it("gives names that a worker group may have", () => {
    const nodeGroups = [{ ...group, nodeGroupName: `${"a".repeat(39)}--tail` }];
    const [workers] = workersOf({ nodeGroups }) as [{ name: string }];
    assert.equal(workers.name, `pods-${"a".repeat(39)}`);
  });
});
