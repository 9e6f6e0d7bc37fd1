import assert from "node:assert/strict";
import type { ClusterFacts, SubnetFacts } from "../../../planning/podNetwork/clusterFacts";
import { instanceTypeTable } from "../../../planning/instanceType";
import { planPodNetwork, type PodNetworkPlan } from "../../../planning/podNetwork/plan";
import { nodeSubnet, smallCluster, smallClusterAfter } from "../../support/clusterFacts";
import { problemsOf } from "../../support/problems";

const request = { podCidrs: ["100.64.0.0/16"] };
const workers = {
  name: "workers",
  replaces: ["general"],
  instanceTypes: ["m5.large"],
  nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
  maxSize: 4,
};

const placesOf = ({ podSubnets }: PodNetworkPlan) =>
  podSubnets.map(({ availabilityZone, cidrBlock }) => `${availabilityZone} ${cidrBlock}`);

/** A subnet in the pod block that this pod network did not make. */
function foreignSubnet(cidrBlock: string, tags: Record<string, string> = {}): SubnetFacts {
  return { ...nodeSubnet("a", 0, tags), subnetId: "subnet-foreign", cidrBlock };
}

const withSubnets = (facts: ClusterFacts, ...subnets: SubnetFacts[]): ClusterFacts => ({
  ...facts,
  cidrBlocks: smallClusterAfter.cidrBlocks,
  subnets: [...facts.subnets, ...subnets],
});

describe("planPodNetwork", () => {
  it("gives each zone with nodes a subnet with the route table of its nodes", () => {
    const plan = planPodNetwork(smallCluster, request);
    assert.deepEqual(plan.podSubnets, [
      { availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/19", routeTableId: "rtb-a" },
      { availabilityZone: "us-west-2b", cidrBlock: "100.64.32.0/19", routeTableId: "rtb-b" },
      { availabilityZone: "us-west-2c", cidrBlock: "100.64.64.0/19", routeTableId: "rtb-c" },
    ]);
    assert.deepEqual(plan.blocks, [{ cidrBlock: "100.64.0.0/16" }]);
  });

  it("keeps what the CNI is configured with and adds its own two settings", () => {
    assert.equal(
      planPodNetwork(smallCluster, request).addOn.configurationValues,
      smallClusterAfter.vpcCni.configurationValues,
    );
  });

  it("takes over what it made itself, at the same place, and changes nothing of the CNI's settings", () => {
    const before = planPodNetwork(smallCluster, request);
    const after = planPodNetwork(smallClusterAfter, request);
    assert.deepEqual(placesOf(after), placesOf(before));
    assert.deepEqual(
      after.podSubnets.map(({ subnetId }) => subnetId),
      ["subnet-pods-a", "subnet-pods-b", "subnet-pods-c"],
    );
    assert.deepEqual(after.blocks, [{ cidrBlock: "100.64.0.0/16", associationId: "vpc-cidr-assoc-pods" }]);
    assert.deepEqual(after.addOn, { ...before.addOn, changes: [] });
  });

  it("moves no subnet when a zone is added", () => {
    const grown: ClusterFacts = {
      ...smallClusterAfter,
      subnets: [...smallClusterAfter.subnets, nodeSubnet("d", 48)],
      nodeGroups: [
        ...smallClusterAfter.nodeGroups,
        { nodeGroupName: "more", subnetIds: ["subnet-node-d"], tags: {} },
      ],
    };
    assert.deepEqual(placesOf(planPodNetwork(grown, request)), [
      "us-west-2a 100.64.0.0/19",
      "us-west-2b 100.64.32.0/19",
      "us-west-2c 100.64.64.0/19",
      "us-west-2d 100.64.96.0/19",
    ]);
  });

  it("keeps the subnet of a zone that has no nodes any more, with the routes it has", () => {
    const emptied = {
      ...smallClusterAfter,
      nodeGroups: [{ nodeGroupName: "general", subnetIds: ["subnet-node-a"], tags: {} }],
    };
    const plan = planPodNetwork(emptied, { ...request, workerGroups: [workers] });
    assert.deepEqual(
      plan.podSubnets.map(({ availabilityZone, routeTableId }) => [availabilityZone, routeTableId]),
      [
        ["us-west-2a", "rtb-a"],
        ["us-west-2b", "rtb-b"],
        ["us-west-2c", "rtb-c"],
      ],
    );
    assert.deepEqual(plan.workerGroups, [
      {
        name: "workers",
        zones: [{ availabilityZone: "us-west-2a", subnetIds: ["subnet-node-a"], exists: false }],
      },
    ]);
  });

  it("plans around a subnet of another cluster in the same block", () => {
    const shared = withSubnets(
      smallCluster,
      foreignSubnet("100.64.0.0/19", { "eks-pod-network.io/cluster": "other" }),
    );
    const plan = planPodNetwork(shared, request);
    assert.equal(
      plan.podSubnets.some(({ cidrBlock }) => cidrBlock === "100.64.0.0/19"),
      false,
    );
    assert.equal(plan.podSubnets.length, 3);
    assert.equal(
      plan.podSubnets.some(({ subnetId }) => subnetId !== undefined),
      false,
    );
  });

  it("plans around a subnet without tags in the block", () => {
    const plan = planPodNetwork(withSubnets(smallCluster, foreignSubnet("100.64.32.0/20")), request);
    assert.equal(plan.podSubnets.length, 3);
    assert.equal(
      placesOf(plan).some((place) => place.endsWith("100.64.32.0/19")),
      false,
    );
  });

  it("takes the route table of most node subnets of a zone", () => {
    const odd = [
      nodeSubnet("a", 0),
      { ...nodeSubnet("a", 48), subnetId: "subnet-node-a2", routeTableId: "rtb-main" },
      { ...nodeSubnet("a", 64), subnetId: "subnet-node-a3", routeTableId: "rtb-main" },
    ];
    const facts = {
      ...smallCluster,
      subnets: odd,
      nodeGroups: [{ nodeGroupName: "general", subnetIds: odd.map(({ subnetId }) => subnetId), tags: {} }],
    };
    assert.deepEqual(
      planPodNetwork(facts, request).podSubnets.map(({ routeTableId }) => routeTableId),
      ["rtb-main"],
    );
  });

  it("names every problem of a request at its path", () => {
    const bad = {
      podCidrs: [],
      workerGroups: [{ ...workers, maxSize: "four", taints: [{ key: "a b", effect: "Never" }] }],
    } as unknown as typeof request;
    assert.deepEqual(
      problemsOf(() => planPodNetwork(smallCluster, bad)).map(({ path }) => path),
      [
        "podCidrs",
        "workerGroups[0].maxSize",
        "workerGroups[0].taints[0].key",
        "workerGroups[0].taints[0].effect",
      ],
    );
  });

  it("refuses a block that AWS would not take, under its name in the request", () => {
    const [problem] = problemsOf(() => planPodNetwork(smallCluster, { podCidrs: ["198.19.0.0/16"] }));
    assert.equal(problem?.path, "podCidrs[0]");
    assert.match(problem.fix, /100\.64\.0\.0\/16/);
  });

  it("refuses the VPC's primary block", () => {
    const problems = problemsOf(() => planPodNetwork(smallCluster, { podCidrs: ["10.8.0.0/16"] }));
    assert.deepEqual(
      problems.map(({ path, reason }) => `${path}: ${reason}`),
      ["podCidrs[0]: 10.8.0.0/16 is the primary block of the VPC, in which the nodes are."],
    );
  });

  it("refuses a CNI whose settings can't carry pods", () => {
    const facts = {
      ...smallCluster,
      vpcCni: { ...smallCluster.vpcCni, configurationValues: '{"env":{"MAX_ENI":"1"}}' },
    };
    assert.deepEqual(
      problemsOf(() => planPodNetwork(facts, request)).map(({ path }) => path),
      ["vpcCni.maxEni"],
    );
  });

  it("refuses an add-on that makes ENIConfigs of the same names", () => {
    const eniConfig = { create: true, region: "us-west-2", subnets: { "us-west-2b": { id: "subnet-1" } } };
    const facts = {
      ...smallCluster,
      vpcCni: { ...smallCluster.vpcCni, configurationValues: JSON.stringify({ eniConfig }) },
    };
    const [problem] = problemsOf(() => planPodNetwork(facts, request));
    assert.equal(problem?.path, "vpcCni.configurationValues.eniConfig");
    assert.match(problem.reason, /us-west-2b/);
  });

  it("refuses a cluster without managed node groups", () => {
    const facts = { ...smallCluster, nodeGroups: [] };
    assert.deepEqual(
      problemsOf(() => planPodNetwork(facts, request)).map(({ path }) => path),
      ["cluster"],
    );
  });

  describe("worker groups", () => {
    const plan = (facts: ClusterFacts, ...workerGroups: (typeof workers)[]) =>
      planPodNetwork(facts, { ...request, workerGroups });

    it("asks what is meant by a group that the cluster has not", () => {
      const [problem] = problemsOf(() => plan(smallCluster, { ...workers, replaces: ["genral"] }));
      assert.equal(problem?.path, "workerGroups[0].replaces[0]");
      assert.match(problem.fix, /Did you mean general\?/);
    });

    it("lets the replaced group be gone once the new one is there", () => {
      const rotated = {
        ...smallClusterAfter,
        nodeGroups: [
          {
            nodeGroupName: "workers-us-west-2a",
            subnetIds: ["subnet-node-a"],
            tags: { "eks-pod-network.io/cluster": "small" },
            desiredSize: 3,
          },
        ],
      };
      assert.deepEqual(plan(rotated, workers).workerGroups[0]?.zones, [
        { availabilityZone: "us-west-2a", subnetIds: ["subnet-node-a"], exists: true, desiredSize: 3 },
      ]);
    });

    it("refuses one name, or one replaced group, twice", () => {
      assert.deepEqual(
        problemsOf(() => plan(smallCluster, workers, workers)).map(({ path }) => path),
        ["workerGroups[1].name", "workerGroups[1].replaces[0]"],
      );
    });

    it("refuses an instance type whose only ENI is the node's", () => {
      const single = [...instanceTypeTable().values()].find(({ enis }) => enis === 1);
      assert.ok(single !== undefined);
      const types = ["m5.large", single.instanceType, "z99.nonsuch"];
      const [problem, ...more] = problemsOf(() => plan(smallCluster, { ...workers, instanceTypes: types }));
      assert.equal(problem?.path, "workerGroups[0].instanceTypes[1]");
      assert.deepEqual(more, []);
    });

    it("tells its problems together with those of the range and of the CNI", () => {
      const facts = {
        ...smallCluster,
        vpcCni: { ...smallCluster.vpcCni, configurationValues: '{"env":{"MAX_ENI":"1"}}' },
      };
      const groups = [{ ...workers, replaces: ["genral"] }];
      assert.deepEqual(
        problemsOf(() => planPodNetwork(facts, { podCidrs: ["100.64.0.0/8"], workerGroups: groups })).map(
          ({ path }) => path,
        ),
        ["podCidrs[0]", "vpcCni.maxEni", "workerGroups[0].replaces[0]"],
      );
    });

    it("refuses a name that would take a group of others over", () => {
      const facts = {
        ...smallCluster,
        nodeGroups: [
          ...smallCluster.nodeGroups,
          { nodeGroupName: "workers-us-west-2b", subnetIds: [], tags: {} },
        ],
      };
      const [problem] = problemsOf(() => plan(facts, workers));
      assert.equal(problem?.path, "workerGroups[0].name");
      assert.match(problem.reason, /"workers-us-west-2b" that is not of this pod network/);
    });

    it("refuses to replace a group of its own", () => {
      const facts = {
        ...smallCluster,
        nodeGroups: [
          ...smallCluster.nodeGroups,
          { nodeGroupName: "mine", subnetIds: [], tags: { "eks-pod-network.io/cluster": "small" } },
        ],
      };
      const [problem] = problemsOf(() => plan(facts, { ...workers, replaces: ["mine"] }));
      assert.match(problem?.reason ?? "", /worker group of this pod network itself/);
    });
  });
});
