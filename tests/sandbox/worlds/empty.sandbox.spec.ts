import assert from "node:assert/strict";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, ListClustersCommand } from "@aws-sdk/client-eks";
import { InvalidInputError } from "../../../planning/problem";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world empty", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("empty");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has an API without nodes, no cluster of EKS, and the default VPC", async () => {
    assert.deepEqual(await world.nodes(), []);
    assert.deepEqual((await world.eks.send(new ListClustersCommand({}))).clusters, []);
    const { Subnets = [] } = await world.ec2.send(new DescribeSubnetsCommand({}));
    assert.ok(Subnets.length >= 3);
    for (const { CidrBlock = "" } of Subnets) assert.match(CidrBlock, /^172\.31\./);
    await assert.rejects(preflightOf(record()), InvalidInputError);
  });

  it("is told beforehand of clusters whose pods' addresses are not the CNI's to choose", async () => {
    const { Subnets = [] } = await world.ec2.send(new DescribeSubnetsCommand({}));
    const subnetIds = Subnets.slice(0, 3).flatMap(({ SubnetId }) => SubnetId ?? []);
    const make = (name: string, kind: object) =>
      world.eks.send(
        new CreateClusterCommand({
          ...{ name, resourcesVpcConfig: { subnetIds } },
          roleArn: "arn:aws:iam::123456789012:role/cluster",
          ...kind,
        }),
      );
    await make("six", { kubernetesNetworkConfig: { ipFamily: "ipv6" } });
    await make("auto", { computeConfig: { enabled: true } });
    const kindOf = async (clusterName: string) =>
      findingsOf(await preflightOf({ ...record(), clusterName }), "CLUSTER-KIND");
    assert.deepEqual(await kindOf("six"), [
      {
        id: "CLUSTER-KIND",
        level: "stop",
        title: "the cluster gives its pods IPv6 addresses",
        evidence: [
          "kubernetesNetworkConfig.ipFamily is ipv6; it can't be changed after the cluster was made.",
        ],
        wayOut: "Nothing is to be done: a /80 of each node has addresses for all of its pods.",
      },
    ]);
    assert.deepEqual(await kindOf("auto"), [
      {
        id: "CLUSTER-KIND",
        level: "stop",
        title: "EKS Auto Mode runs the nodes, and their CNI takes no settings",
        evidence: ["computeConfig.enabled is true; aws-node and ENIConfigs don't count on such nodes."],
        wayOut: "Give its NodeClass podSubnetSelectorTerms and podSecurityGroupSelectorTerms instead.",
      },
    ]);
  });
});
