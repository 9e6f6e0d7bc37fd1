import assert from "node:assert/strict";
import {
  goingBlocks,
  goingGroups,
  goingSubnets,
  leftNotes,
  released,
  removalProblems,
  resourceName,
  stackRemoval,
  type StackResource,
} from "../../../planning/rollback/stackRemoval";

const urnOf = (type: string, name: string) => `urn:pulumi:prod::eks-pod-network::${type}::${name}`;
const NETWORK = "eks-pod-network:index:PodNetwork";
const network: StackResource = { urn: urnOf(NETWORK, "pods"), type: NETWORK, protect: true };
const SUBNETS = "eks-pod-network:index:PodSubnets";
const subnets: StackResource = { urn: urnOf(SUBNETS, "pods"), type: SUBNETS, parent: network.urn };

const resource = (type: string, name: string, more: Partial<StackResource> = {}): StackResource => ({
  urn: urnOf(type, name),
  type,
  custom: true,
  parent: subnets.urn,
  protect: true,
  ...more,
});

const made = resource("aws:ec2/subnet:Subnet", "pods-us-west-2a");
const takenOver = resource("aws:eks/addon:Addon", "pods", { importID: "small:vpc-cni", parent: network.urn });
const patch = resource("kubernetes:apps/v1:DaemonSetPatch", "pods", { retainOnDelete: true, protect: false });
const read = resource("kubernetes:apps/v1:DaemonSet", "pods-live", { external: true });
const provider = resource("pulumi:providers:kubernetes", "cluster", { parent: "", protect: false });
const other = resource("aws:s3/bucket:Bucket", "reports", { parent: "" });
const stack = [network, subnets, provider, made, takenOver, patch, read];

describe("what removing a pod network takes from its stack", () => {
  it("is what the stack made, and not what it took over or only read", () => {
    assert.deepEqual(stackRemoval(stack), { removed: [made], left: [takenOver, patch], foreign: [] });
    assert.deepEqual(removalProblems("prod", stackRemoval(stack)), []);
  });

  it("is nothing where something else is in the stack, which is named", () => {
    const [problem] = removalProblems("prod", stackRemoval([...stack, other]));
    assert.equal(problem?.path, "stack prod");
    assert.match(problem.reason, /: Bucket reports\.$/);
  });

  it("is released from protection, and what was taken over is not deleted", () => {
    const after = released(stack);
    assert.ok(after.every(({ protect }) => protect === false));
    assert.deepEqual(
      after.filter(({ retainOnDelete }) => retainOnDelete).map(({ urn }) => urn),
      [takenOver.urn, patch.urn],
    );
  });

  it("is named by kind and name", () => {
    assert.equal(resourceName(made), "Subnet pods-us-west-2a");
  });
});

describe("what was there before the pod network", () => {
  const block = (name: string, more: Partial<StackResource>) =>
    resource("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", name, {
      outputs: { cidrBlock: name },
      ...more,
    });
  const eniConfig = (subnet: string, more: Partial<StackResource>) =>
    resource("kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig", "pods-us-west-2a", {
      outputs: { spec: { subnet } },
      ...more,
    });
  const subnet = resource("aws:ec2/subnet:Subnet", "pods-us-west-2b", { id: "subnet-1" });

  it("stays, each kind of it: blocks, subnets, ENIConfigs, groups, the add-on and the DaemonSet", () => {
    const adopted = [
      block("100.64.0.0/16", { importID: "vpc-cidr-assoc-1" }),
      resource("aws:ec2/subnet:Subnet", "pods-us-west-2a", { importID: "subnet-0" }),
      eniConfig("subnet-0", { importID: "us-west-2a" }),
      resource("aws:eks/nodeGroup:NodeGroup", "workers", { importID: "small:workers" }),
      takenOver,
      patch,
    ];
    const all = [network, subnets, ...adopted, subnet];
    assert.deepEqual(stackRemoval(all), { removed: [subnet], left: adopted, foreign: [] });
    const kept = released(all).filter(({ retainOnDelete }) => retainOnDelete === true);
    assert.deepEqual(
      kept.map(({ urn }) => urn),
      adopted.map(({ urn }) => urn),
    );
  });

  it("is no block that goes", () => {
    const all = [network, subnets, block("100.64.0.0/16", { importID: "a" }), block("100.65.0.0/16", {})];
    assert.deepEqual(goingBlocks(stackRemoval(all)), ["100.65.0.0/16"]);
  });

  it("is no subnet and no group that goes, also when the stack has forgotten it already", () => {
    const groups = [
      resource("aws:eks/nodeGroup:NodeGroup", "workers", { id: "small:workers" }),
      resource("aws:autoscaling/group:Group", "own", { id: "own" }),
      resource("aws:eks/nodeGroup:NodeGroup", "theirs", { id: "small:theirs", importID: "small:theirs" }),
    ];
    const theirs = resource("aws:ec2/subnet:Subnet", "theirs", { id: "subnet-0", importID: "subnet-0" });
    const removal = stackRemoval([network, subnets, subnet, theirs, ...groups]);
    assert.deepEqual([goingSubnets(removal), goingGroups(removal)], [["subnet-1"], ["workers", "own"]]);
    const later = stackRemoval([network, subnets]);
    assert.deepEqual([goingSubnets(later), goingGroups(later)], [[], []]);
  });

  it("is told of where it names a subnet that goes", () => {
    const notes = (eni: StackResource) => leftNotes(stackRemoval([network, subnets, subnet, eni]));
    assert.match(notes(eniConfig("subnet-1", { importID: "us-west-2a" }))[0] ?? "", /^ENIConfig pods-us/);
    assert.deepEqual(notes(eniConfig("subnet-0", { importID: "us-west-2a" })), []);
    assert.deepEqual(notes(eniConfig("subnet-1", {})), []);
  });
});
