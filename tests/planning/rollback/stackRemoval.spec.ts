import assert from "node:assert/strict";
import {
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
