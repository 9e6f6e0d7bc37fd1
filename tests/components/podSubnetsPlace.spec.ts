import assert from "node:assert/strict";
import { PodSubnets, type PodSubnetsArgs } from "../../components";
import type { Invokes } from "../support/mockedAws";
import { mockedClusterOf } from "../support/mockedVpc";
import { make, named, ofType, refusal, small } from "../support/podSubnets";
import { record, valueOf } from "../support/pulumiMocks";

describe("PodSubnets in a VPC", () => {
  const open = { clusterName: named.clusterName, subnets: named.subnets };
  const vpcOf = async (args: PodSubnetsArgs, invokes: Invokes) =>
    ofType((await make(args, invokes)).resources, "Subnet")[0]?.inputs.vpcId;
  const answering = (answer: () => object): Invokes => ({ ...small, "aws:ec2/getVpc:getVpc": answer });

  it("of the cluster", async () => {
    assert.equal(await vpcOf(open, small), "vpc-1");
  });

  it("by its Name tag", async () => {
    const invokes: Invokes = {
      ...small,
      "aws:ec2/getVpc:getVpc": ({ tags }) => {
        assert.deepEqual(tags, { Name: "eksworkshop" });
        return { id: "vpc-7" };
      },
    };
    assert.equal(await vpcOf({ ...open, vpcName: "eksworkshop" }, invokes), "vpc-7");
  });

  it("by no name that none has, nor several", async () => {
    const none = answering(() => {
      throw new Error("no matching EC2 VPC found");
    });
    const several = answering(() => {
      throw new Error("multiple EC2 VPCs matched; use additional constraints");
    });
    const args = { ...open, vpcName: "shop" };
    assert.deepEqual(await refusal(args, none), [
      'vpcName: no VPC of this region has the Name tag "shop". Correct it, or give vpcId.',
    ]);
    assert.deepEqual(await refusal(args, several), [
      'vpcName: several VPCs of this region have the Name tag "shop". Give vpcId.',
    ]);
  });

  it("not of a cluster that is not there, though one may be made after its pod subnets", async () => {
    const args = { ...open, clusterName: "new" };
    assert.match((await refusal(args))[0] ?? "", /^clusterName: there is no cluster "new" .* give vpcId/);
    assert.equal(await vpcOf({ ...args, vpcId: "vpc-2" }, small), "vpc-2");
  });
});

describe("tags of PodSubnets", () => {
  const tagsOf = async (args: Partial<PodSubnetsArgs>, cluster: Parameters<typeof mockedClusterOf>[0] = {}) =>
    ofType((await make({ ...named, ...args }, mockedClusterOf(cluster))).resources, "Subnet")[0]?.inputs.tags;
  const own = { Name: "small-pods-us-west-2a", "eks-pod-network.io/cluster": "small" };

  it("for a cluster that finds its subnets by one", async () => {
    const expected = { ...own, "kubernetes.io/cluster/small": "shared" };
    assert.deepEqual(await tagsOf({}, { version: "1.18" }), expected);
    assert.deepEqual(await tagsOf({}, { version: "1.19" }), own);
  });

  it("with the user's, which may be a Name of one's own", async () => {
    const tags = { Name: "pods", team: "platform" };
    assert.deepEqual(await tagsOf({ tags }), { ...own, ...tags });
  });

  it("for the CNI's subnet discovery when it is asked for", async () => {
    const expected = { ...own, "kubernetes.io/role/cni": "1" };
    assert.deepEqual(await tagsOf({ cniRoleTag: true }), expected);
  });

  it("with no role of the user's", async () => {
    const tags = {
      "kubernetes.io/role/elb": "1",
      "kubernetes.io/role/internal-elb": "1",
      "kubernetes.io/role/cni": "1",
      "eks-pod-network.io/cluster": "other",
    };
    assert.deepEqual(await refusal({ ...named, tags }), [
      'tags["kubernetes.io/role/elb"]: with it, load balancers would be placed in the pod subnets. Leave it out.',
      'tags["kubernetes.io/role/internal-elb"]: with it, load balancers would be placed in the pod subnets. Leave it out.',
      'tags["kubernetes.io/role/cni"]: with it, the CNI would give addresses of the pod subnets to nodes without an ' +
        "ENIConfig too. Leave it out; if it is meant, set cniRoleTag.",
      'tags["eks-pod-network.io/cluster"]: pod subnets are recognised by it. Leave it out; it is set.',
    ]);
  });

  it("with no role that the provider puts on everything, before anything is made", async () => {
    const defaultTags = { team: "platform", "kubernetes.io/role/cni": "1", "kubernetes.io/role/elb": "1" };
    const invokes = mockedClusterOf({ defaultTags });
    const lines = await refusal(named, invokes);
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      ['defaultTags["kubernetes.io/role/cni"]', 'defaultTags["kubernetes.io/role/elb"]'],
    );
    assert.match(
      lines[0] ?? "",
      /Take it out of the provider's defaultTags, or give .* a provider without it/,
    );
    const { resources } = await record(
      () => assert.rejects(valueOf(new PodSubnets("pods", named).podSubnets)),
      { invokes },
    );
    assert.equal(resources.length, 1);
    assert.ok(await tagsOf({ cniRoleTag: true }, { defaultTags: { "kubernetes.io/role/cni": "1" } }));
  });
});
