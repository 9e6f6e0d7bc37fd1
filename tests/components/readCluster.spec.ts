import assert from "node:assert/strict";
import { readCluster } from "../../components";
import type { ClusterFacts } from "../../planning/podNetwork/clusterFacts";
import { instance, nodeGroup, podSubnet, smallCluster, smallClusterAfter } from "../support/clusterFacts";
import type { Invokes } from "../support/mockedAws";
import { mockedCluster } from "../support/mockedCluster";
import { record } from "../support/pulumiMocks";

/** Reads a cluster, with what AWS answers otherwise. */
const read = async (facts: ClusterFacts, otherwise: Invokes = {}, clusterName = "small") => {
  const calls: string[] = [];
  const answers = { ...mockedCluster(facts).invokes, ...otherwise };
  const invokes = Object.fromEntries(
    Object.entries(answers).map(([token, answer]) => [
      token,
      (inputs: Record<string, unknown>) => {
        calls.push(token.split(":").at(-1) ?? "");
        return answer(inputs);
      },
    ]),
  );
  const { result } = await record(() => readCluster(clusterName), { invokes });
  return { facts: result, calls };
};

/** A cluster with everything that can be read of one. */
const everything: ClusterFacts = {
  ...smallClusterAfter,
  peers: [
    { peeringId: "pcx-1", status: "active", requester: true, cidrBlocks: ["10.9.0.0/16", "100.65.0.0/16"] },
    { peeringId: "pcx-2", status: "pending-acceptance", requester: false, cidrBlocks: ["10.10.0.0/16"] },
  ],
  nodeGroups: [
    nodeGroup("batch", "ab", {
      taints: [
        { key: "dedicated", value: "batch", effect: "NoSchedule" },
        { key: "spot", effect: "PreferNoSchedule" },
      ],
      capacityType: "SPOT",
      launchTemplate: { id: "lt-1", name: "batch", version: "3" },
    }),
    nodeGroup("general", "abc"),
  ],
  scalingGroups: [
    { name: "self-managed", subnetIds: ["subnet-node-b", "subnet-node-c"], tags: { team: "platform" } },
  ],
  instances: [instance("i-a", "a", ["sg-1", "sg-2"]), instance("i-b", "b", ["sg-3"])],
};

describe("readCluster", () => {
  it("reads a cluster, its VPC, its nodes and its add-on, in an order that never changes", async () => {
    const subnetIds = [...everything.subnets].map(({ subnetId }) => subnetId).sort();
    const { facts } = await read(everything, {
      "aws:ec2/getSubnets:getSubnets": ({ filters }) => {
        assert.deepEqual(filters, [{ name: "vpc-id", values: ["vpc-1"] }]);
        return { ids: [...subnetIds].reverse() };
      },
      "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: ["general", "batch"] }),
    });
    assert.deepEqual(facts, {
      ...everything,
      vpcCni: { ...everything.vpcCni, region: "us-west-2" },
      subnets: subnetIds.map((id) => everything.subnets.find(({ subnetId }) => subnetId === id)),
      // Of each table; the local route of the VPC stands in each of them.
      routes: [...["a", "b", "c"].flatMap(() => ["10.8.0.0/16", "0.0.0.0/0"]), "10.8.0.0/16"],
    });
  });

  it("puts the primary block first and leaves out blocks that are gone", async () => {
    const { facts } = await read(smallCluster, {
      "aws:ec2/getVpc:getVpc": () => ({
        cidrBlock: "10.8.0.0/16",
        cidrBlockAssociations: [
          { cidrBlock: "100.64.0.0/16", associationId: "assoc-2", state: "associating" },
          { cidrBlock: "100.65.0.0/16", associationId: "assoc-3", state: "disassociated" },
          { cidrBlock: "10.8.0.0/16", associationId: "assoc-1", state: "associated" },
        ],
      }),
    });
    assert.deepEqual(facts.cidrBlocks, [
      { cidrBlock: "10.8.0.0/16", associationId: "assoc-1", state: "associated" },
      { cidrBlock: "100.64.0.0/16", associationId: "assoc-2", state: "associating" },
    ]);
  });

  it("leaves out subnets that have IPv6 alone, in which no pod of an IPv4 cluster could be", async () => {
    const ofIpv6 = { ...podSubnet("a", ""), subnetId: "subnet-ipv6" };
    const { facts } = await read({ ...smallCluster, subnets: [...smallCluster.subnets, ofIpv6] });
    assert.deepEqual(facts.subnets, smallCluster.subnets);
  });

  it("gives a subnet without a table of its own the main one", async () => {
    const lonely = { ...podSubnet("a", "100.64.0.0/19"), routeTableId: "none", hasNatRoute: false };
    const { facts } = await read({ ...smallCluster, subnets: [...smallCluster.subnets, lonely] });
    assert.deepEqual(
      facts.subnets.map(({ routeTableId, hasNatRoute }) => [routeTableId, hasNatRoute]),
      [
        ["rtb-a", true],
        ["rtb-b", true],
        ["rtb-c", true],
        ["rtb-main", false],
      ],
    );
  });

  const ways: readonly [string, Record<string, string>, boolean, boolean][] = [
    ["a NAT gateway", { natGatewayId: "nat-1" }, true, false],
    ["an instance that translates", { networkInterfaceId: "eni-1" }, true, false],
    ["a transit gateway", { transitGatewayId: "tgw-1" }, true, false],
    ["an internet gateway", { gatewayId: "igw-1" }, false, true],
    ["a virtual private gateway", { gatewayId: "vgw-1" }, false, false],
  ];
  for (const [way, target, hasNatRoute, hasInternetGatewayRoute] of ways) {
    it(`tells what a default route to ${way} is`, async () => {
      const { facts } = await read(smallCluster, {
        "aws:ec2/getRouteTable:getRouteTable": () => ({
          associations: [{ main: true, subnetId: "" }],
          routes: [
            { cidrBlock: "0.0.0.0/0", ...target },
            { cidrBlock: "", ipv6CidrBlock: "::/0" },
          ],
        }),
      });
      const [table] = facts.routeTables;
      assert.deepEqual(table, { routeTableId: "rtb-a", isMain: true, hasNatRoute, hasInternetGatewayRoute });
      assert.deepEqual(facts.routes, ["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0"]);
    });
  }

  it("asks for peering connections of both sides that are not over", async () => {
    const asked: unknown[] = [];
    await read(smallCluster, {
      "aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections": ({ filters }) => {
        asked.push(filters);
        return { ids: [] };
      },
    });
    const alive = { name: "status-code", values: ["active", "pending-acceptance"] };
    assert.deepEqual(asked, [
      [{ name: "requester-vpc-info.vpc-id", values: ["vpc-1"] }, alive],
      [{ name: "accepter-vpc-info.vpc-id", values: ["vpc-1"] }, alive],
    ]);
  });

  it("leaves out the Auto Scaling groups of which managed groups consist", async () => {
    const { facts } = await read(everything, {
      "aws:autoscaling/getAmiIds:getAmiIds": ({ filters }) => {
        assert.deepEqual(filters, [{ name: "tag-key", values: ["kubernetes.io/cluster/small"] }]);
        return { names: ["self-managed", "eks-general-1"] };
      },
      "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: ["general"] }),
      "aws:eks/getNodeGroup:getNodeGroup": () => ({
        nodeGroupName: "general",
        subnetIds: [],
        instanceTypes: [],
        diskSize: 0,
        taints: [],
        scalingConfigs: [],
        launchTemplates: [],
        resources: [{ autoscalingGroups: [{ name: "eks-general-1" }] }],
      }),
    });
    assert.deepEqual(
      facts.scalingGroups.map(({ name }) => name),
      ["self-managed"],
    );
    assert.equal(facts.nodeGroups[0]?.diskSize, undefined);
  });

  it("reads few of many instances, and finds the one that is unlike the others", async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      instance(
        `i-${String(index).padStart(3, "0")}`,
        "abc"[index % 3] ?? "",
        index === 100 ? ["sg-odd"] : ["sg-node"],
      ),
    );
    const { facts, calls } = await read({ ...smallCluster, instances: many });
    assert.deepEqual(facts.instances, many);
    assert.equal(calls.filter((call) => call === "getInstance").length, 3 * 3 + 1);
    assert.equal(calls.filter((call) => call === "getInstances").length, 2);
  });

  it("has no add-on where aws-node is self-managed", async () => {
    const getAddon = () => {
      throw new Error("ResourceNotFoundException: No addon: vpc-cni found in cluster: small");
    };
    const { facts } = await read(smallCluster, { "aws:eks/getAddon:getAddon": getAddon });
    assert.equal(facts.vpcCni, undefined);
  });

  it("says that there is no such cluster, and not what else there is not", async () => {
    await assert.rejects(
      read(
        smallCluster,
        {
          "aws:eks/getNodeGroups:getNodeGroups": () => {
            throw new Error(
              "reading EKS Node Groups: ResourceNotFoundException: No cluster found for name: smal",
            );
          },
        },
        "smal",
      ),
      (error: Error) => {
        assert.equal(
          error.message,
          'clusterName: EKS has no cluster "smal" in the Region and account of the AWS provider. ' +
            "Give a name that aws eks list-clusters prints, and check aws:region and the credentials.",
        );
        return true;
      },
    );
  });

  it("hands on every other failure as it is", async () => {
    for (const token of ["aws:eks/getAddon:getAddon", "aws:eks/getNodeGroups:getNodeGroups"]) {
      const refused = () => {
        throw new Error("AccessDeniedException: not authorized to perform that");
      };
      await assert.rejects(read(smallCluster, { [token]: refused }), /not authorized to perform that/);
    }
  });
});
