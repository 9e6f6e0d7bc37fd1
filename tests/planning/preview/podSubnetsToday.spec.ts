import assert from "node:assert/strict";
import { podSubnetsToday } from "../../../planning/preview/podSubnetsToday";
import type { StackResource } from "../../../planning/rollback/stackRemoval";
import { SUBNET } from "../../support/changes";

const PARENT = "urn:pulumi:prod::eks-pod-network::eks-pod-network:index:PodNetwork::pods";
const network: StackResource = { urn: PARENT, type: "eks-pod-network:index:PodNetwork" };
const subnet = (letter: string, more: Partial<StackResource> = {}): StackResource => ({
  urn: `${PARENT}-${letter}`,
  type: SUBNET,
  custom: true,
  parent: PARENT,
  id: `subnet-${letter}`,
  outputs: { availabilityZone: `us-west-2${letter}`, cidrBlock: blockOf(letter) },
  ...more,
});
const blockOf = (letter: string) => `100.64.${letter.charCodeAt(0)}.0/24`;
const inOutputs = (letter: string) => ({
  subnetId: `subnet-${letter}`,
  availabilityZone: `us-west-2${letter}`,
  cidrBlock: blockOf(letter),
});

describe("the pod subnets of a stack by now", () => {
  it("are those of its state where no update has come to its end, taken over ones with them", () => {
    const resources = [network, subnet("a"), subnet("b", { importID: "subnet-b" })];
    assert.deepEqual(podSubnetsToday([], resources), ["a", "b"].map(inOutputs));
    assert.deepEqual(podSubnetsToday([], []), []);
  });

  it("are those of its outputs, and what an update that was cut off has made besides", () => {
    const put = [{ ...inOutputs("a"), group: "gpu" }];
    assert.deepEqual(podSubnetsToday(put, [network, subnet("a"), subnet("b")]), [...put, inOutputs("b")]);
  });

  it("are no subnets that are not there, not of the pod network, or about to be deleted", () => {
    const resources = [
      network,
      subnet("a", { id: "" }),
      subnet("b", { delete: true }),
      subnet("c", { external: true }),
      subnet("d", { parent: "" }),
      subnet("e", { type: "aws:ec2/routeTable:RouteTable" }),
      subnet("f", { outputs: {} }),
    ];
    assert.deepEqual(podSubnetsToday([], resources), []);
  });
});
