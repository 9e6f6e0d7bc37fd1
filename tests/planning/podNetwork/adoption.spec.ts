import assert from "node:assert/strict";
import type { ClusterFacts } from "../../../planning/podNetwork/clusterFacts";
import { planPodNetwork } from "../../../planning/podNetwork/plan";
import type { AdoptionRequest } from "../../../planning/podNetwork/request";
import { nodeGroup, podSubnet, smallCluster, smallClusterAfter } from "../../support/clusterFacts";
import { problemsOf } from "../../support/problems";

/** The cluster with a block, two pod subnets and a node group that somebody else made. */
const prepared: ClusterFacts = {
  ...smallClusterAfter,
  subnets: [
    ...smallCluster.subnets,
    { ...podSubnet("a", "100.64.64.0/20"), tags: {}, routeTableId: "rtb-main" },
    { ...podSubnet("b", "100.64.80.0/20"), tags: {} },
  ],
  nodeGroups: [...smallCluster.nodeGroups, nodeGroup("workers-us-west-2a", "a")],
};
const request = {
  podCidrs: ["100.64.0.0/16"],
  workerGroups: [{ name: "workers", replaces: ["general"] }],
};
const plan = (adopt: AdoptionRequest, facts = prepared) => planPodNetwork(facts, { ...request, adopt });
const refusals = (adopt: AdoptionRequest, facts = prepared) =>
  problemsOf(() => plan(adopt, facts)).map(({ path, reason, fix }) => `${path}: ${reason} ${fix}`);

const everything: AdoptionRequest = {
  cidrBlocks: ["100.64.0.0/16"],
  podSubnets: ["subnet-pods-a"],
  eniConfigs: ["us-west-2a"],
  nodeGroups: ["workers-us-west-2a"],
};

describe("taking over what others made", () => {
  it("takes what is named, with its place, and nothing else", () => {
    const { cidrBlocks, podSubnets, eniConfigs, workerGroups, warnings } = plan(everything);
    assert.deepEqual(cidrBlocks, [{ cidrBlock: "100.64.0.0/16", adopt: true }]);
    assert.deepEqual(podSubnets, [
      // It keeps the routes that it has.
      { availabilityZone: "us-west-2a", cidrBlock: "100.64.64.0/20", adopt: "subnet-pods-a" },
      { availabilityZone: "us-west-2b", cidrBlock: "100.64.32.0/19", routeTableId: "rtb-b" },
      { availabilityZone: "us-west-2c", cidrBlock: "100.64.96.0/19", routeTableId: "rtb-c" },
    ]);
    assert.deepEqual(
      eniConfigs.map(({ adopt }) => adopt),
      [true, false, false],
    );
    assert.deepEqual(
      workerGroups[0]?.zones.map(({ adopt }) => adopt),
      [true, false, false],
    );
    assert.deepEqual(warnings, []);
  });

  it("plans the same once it is taken over", () => {
    const after: ClusterFacts = {
      ...prepared,
      subnets: [
        ...smallCluster.subnets,
        { ...podSubnet("a", "100.64.64.0/20"), routeTableId: "rtb-main" },
        { ...podSubnet("b", "100.64.80.0/20"), subnetId: "subnet-other", tags: {} },
        podSubnet("b", "100.64.32.0/19"),
        podSubnet("c", "100.64.96.0/19"),
      ],
    };
    assert.deepEqual(plan(everything, after).podSubnets, plan(everything).podSubnets);
  });

  it("moves a subnet that is taken over to the table that is named for its zone", () => {
    const named = planPodNetwork(prepared, {
      ...request,
      adopt: everything,
      routeTableIds: { "us-west-2a": "rtb-b" },
    });
    assert.equal(named.podSubnets[0]?.routeTableId, "rtb-b");
  });

  it("warns of a block that is there and that nobody said to be taken over", () => {
    const { nodeGroups, ...rest } = everything;
    assert.deepEqual(plan({ nodeGroups: nodeGroups ?? [] }).warnings, [
      'vpc-1 has 100.64.0.0/16 already. If this stack did not associate it, take it over: adopt: {cidrBlocks: ["100.64.0.0/16"]}.',
    ]);
    assert.deepEqual(plan({ ...rest, nodeGroups: nodeGroups ?? [] }).warnings, []);
    assert.deepEqual(planPodNetwork(smallClusterAfter, { podCidrs: request.podCidrs }).warnings, []);
  });

  it("does not warn of a block that is kept in reserve", () => {
    const [primary, pods] = smallClusterAfter.cidrBlocks;
    const reserve = { cidrBlock: "100.65.0.0/16", associationId: "assoc-3", state: "associated" };
    const cidrBlocks = [primary ?? assert.fail(), pods ?? assert.fail(), reserve];
    const podCidrs = ["100.64.0.0/16", "100.65.0.0/16"];
    assert.deepEqual(planPodNetwork({ ...smallClusterAfter, cidrBlocks }, { podCidrs }).warnings, []);
  });

  it("refuses a group of others that is not named", () => {
    const [refusal] = refusals({});
    assert.match(
      refusal ?? "",
      /^workerGroups\[0\]\.name: small has a managed node group "workers-us-west-2a" that is not of this/,
    );
  });

  it("refuses what is not there", () => {
    const facts = { ...smallCluster, nodeGroups: smallCluster.nodeGroups };
    assert.deepEqual(refusals({ ...everything, eniConfigs: [] }, facts), [
      'adopt.podSubnets[0]: vpc-1 has no subnet "subnet-pods-a" to take over. There is none.',
      "adopt.cidrBlocks[0]: vpc-1 has no secondary block 100.64.0.0/16 to take over. Leave it out; the block is then added to the VPC.",
      'adopt.nodeGroups[0]: small has no managed node group "workers-us-west-2a" to take over. Leave it out; the group is then made.',
    ]);
  });

  it("asks what is meant by names that are no part of the plan", () => {
    const wrong = {
      cidrBlocks: ["100.64.0.0/15"],
      podSubnets: ["subnet-pods-x"],
      eniConfigs: ["us-west-2"],
      nodeGroups: ["workers-us-west-2a", "worker-us-west-2b"],
    };
    assert.deepEqual(refusals(wrong), [
      'adopt.podSubnets[0]: vpc-1 has no subnet "subnet-pods-x" to take over. Did you mean subnet-pods-a? There is subnet-pods-a, subnet-pods-b.',
      'adopt.cidrBlocks[0]: "100.64.0.0/15" is none of podCidrs. Did you mean 100.64.0.0/16? There is 100.64.0.0/16.',
      'adopt.eniConfigs[0]: no ENIConfig here is called "us-west-2". Did you mean us-west-2a? There is us-west-2a, us-west-2b, us-west-2c.',
      'adopt.nodeGroups[1]: none of workerGroups makes a managed node group "worker-us-west-2b". Did you mean workers-us-west-2b? There is workers-us-west-2a, workers-us-west-2b, workers-us-west-2c.',
    ]);
  });

  it("refuses subnets that can't be the pod subnet of a zone", () => {
    const facts: ClusterFacts = {
      ...prepared,
      subnets: [
        ...prepared.subnets,
        { ...podSubnet("a", "100.64.96.0/20"), subnetId: "subnet-second-a", tags: {} },
        { ...podSubnet("d", "100.64.112.0/20"), tags: {} },
      ],
    };
    const podSubnets = ["subnet-pods-a", "subnet-second-a", "subnet-node-b", "subnet-pods-d"];
    assert.deepEqual(refusals({ podSubnets, nodeGroups: ["workers-us-west-2a"] }, facts), [
      "adopt.podSubnets[1]: subnet-second-a is in us-west-2a like subnet-pods-a; a zone has one pod subnet. Take over one of them, or use PodSubnets and EniConfigs by themselves.",
      "adopt.podSubnets[2]: subnet-node-b (10.8.16.0/20) is in none of 100.64.0.0/16. Add its block to podCidrs.",
      "adopt.podSubnets[3]: subnet-pods-d is in us-west-2d, which has no nodes. Add us-west-2d to zones.",
    ]);
  });
});
