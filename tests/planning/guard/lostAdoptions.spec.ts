import assert from "node:assert/strict";
import { dangersIn } from "../../../planning/guard/dangers";
import { lostAdoptions, type PlannedResource } from "../../../planning/guard/lostAdoptions";
import type { StackResource } from "../../../planning/rollback/stackRemoval";
import { changeOf, SUBNET } from "../../support/changes";

const urnOf = (type: string, name: string) => `urn:pulumi:prod::eks-pod-network::${type}::${name}`;
const NETWORK = "eks-pod-network:index:PodNetwork";
const network: StackResource = { urn: urnOf(NETWORK, "pods"), type: NETWORK };

const adopted = (
  type: string,
  name: string,
  importID: string,
  more: Partial<StackResource> = {},
): StackResource => ({
  ...{ urn: urnOf(type, name), type, custom: true, parent: network.urn, protect: true, importID },
  ...more,
});

const block = adopted(
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
  "pods-100.64.0.0-16",
  "vpc-cidr-assoc-1",
  { outputs: { cidrBlock: "100.64.0.0/16" } },
);
const subnet = adopted(SUBNET, "pods-us-west-2a", "subnet-1");
const eniConfig = adopted(
  "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig",
  "pods-us-west-2a",
  "us-west-2a",
);
const group = adopted("aws:eks/nodeGroup:NodeGroup", "pods-general", "small:general");
const addOn = adopted("aws:eks/addon:Addon", "pods", "small:vpc-cni");

/** A plan in which the program takes over none of them, but of those that are given. */
const planOf = (
  resources: readonly StackResource[],
  taken: Readonly<Record<string, string>> = {},
): Record<string, PlannedResource> =>
  Object.fromEntries(
    resources.map(({ urn }) => [urn, { goal: { ...(taken[urn] !== undefined && { id: taken[urn] }) } }]),
  );

const lostOf = (resources: readonly StackResource[], planned = planOf(resources)) =>
  lostAdoptions([network, ...resources], planned);

describe("lostAdoptions", () => {
  it("names each kind of thing that would no longer be known as taken over, with the key that says so", () => {
    assert.deepEqual(
      lostOf([block, subnet, eniConfig, group, addOn]).map(({ id, resource, title, wayOut }) => [
        ...[id, resource, title],
        wayOut.replace(" again, and leave it there for as long as the stack is there.", ""),
      ]),
      [
        [
          "ADOPTION-LOST",
          "pods-100.64.0.0-16",
          "forgets that the block 100.64.0.0/16 was taken over",
          "Name 100.64.0.0/16 in adopt.cidrBlocks of the stack's settings",
        ],
        [
          "ADOPTION-LOST",
          "pods-us-west-2a",
          "forgets that the subnet subnet-1 was taken over",
          "Name subnet-1 in adopt.podSubnets of the stack's settings",
        ],
        [
          "ADOPTION-LOST",
          "pods-us-west-2a",
          "forgets that the ENIConfig us-west-2a was taken over",
          "Name us-west-2a in adopt.eniConfigs of the stack's settings",
        ],
        [
          "ADOPTION-LOST",
          "pods-general",
          "forgets that the managed node group general was taken over",
          "Name general in adopt.nodeGroups of the stack's settings",
        ],
        [
          "ADOPTION-LOST",
          "pods",
          "forgets that the add-on vpc-cni was taken over",
          "Take cni.adopt: false out of the stack's settings: it is for a cluster without the add-on.",
        ],
      ],
    );
    const [danger] = lostOf([subnet]);
    assert.equal(danger?.urn, subnet.urn);
    assert.match(danger.evidence.join(), /podnet rollback would delete it/);
  });

  it("says nothing of what is taken over still, and of what the stack has made", () => {
    const made = adopted(SUBNET, "pods-us-west-2b", "");
    const resources = [block, subnet, made];
    const taken = { [block.urn]: "vpc-cidr-assoc-1", [subnet.urn]: "subnet-1" };
    assert.deepEqual(lostOf(resources, planOf(resources, taken)), []);
    assert.deepEqual(
      lostOf(resources, planOf(resources, { [block.urn]: "vpc-cidr-assoc-1" })).map(({ urn }) => urn),
      [subnet.urn],
    );
  });

  it("says nothing of what is deleted: that is a loss of another kind", () => {
    assert.deepEqual(lostOf([subnet], { [subnet.urn]: {} }), []);
    assert.deepEqual(lostOf([subnet], {}), []);
  });

  it("says nothing of one that was replaced, and of what is no part of the pod network", () => {
    const replaced = { ...subnet, delete: true };
    const other = adopted("aws:s3/bucket:Bucket", "reports", "reports", { parent: "" });
    assert.deepEqual(lostOf([replaced, other]), []);
  });

  it("names what it knows no key of by its id", () => {
    const own = adopted("aws:autoscaling/group:Group", "own", "own-group");
    assert.deepEqual(
      lostOf([own]).map(({ title, wayOut }) => [title, wayOut]),
      [
        [
          "forgets that own-group (aws:autoscaling/group:Group) was taken over",
          "Have the program take it over as before.",
        ],
      ],
    );
  });

  it("is told behind what takes something from pods", () => {
    const gone = changeOf("delete", SUBNET, "pods-us-west-2b", { before: {} });
    assert.deepEqual(
      dangersIn([gone], lostOf([subnet])).map(({ id }) => id),
      ["SUBNET-LOST", "ADOPTION-LOST"],
    );
  });
});
