import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { readCluster } from "../../components";
import { mockedAws, type Invokes } from "../support/mockedAws";
import { record } from "../support/pulumiMocks";

const read = async (invokes: Invokes) => (await record(() => readCluster("small"), { invokes })).result;

describe("readCluster", () => {
  it("reads a cluster, its VPC and its add-on, in an order that never changes", async () => {
    assert.deepEqual(await read(mockedAws), {
      clusterName: "small",
      region: "us-west-2",
      vpcId: "vpc-1",
      cidrBlocks: [
        { cidrBlock: "10.8.0.0/16", associationId: "assoc-1" },
        { cidrBlock: "100.64.0.0/16", associationId: "assoc-2" },
      ],
      routes: ["10.8.0.0/16", "0.0.0.0/0", "10.8.0.0/16"],
      serviceCidrBlock: "172.20.0.0/16",
      clusterSecurityGroupId: "sg-cluster",
      subnets: [
        {
          subnetId: "subnet-1",
          availabilityZone: "us-west-2a",
          cidrBlock: "10.8.0.0/20",
          routeTableId: "rtb-1",
          tags: { Name: "a" },
        },
        {
          subnetId: "subnet-2",
          availabilityZone: "us-west-2b",
          cidrBlock: "10.8.16.0/20",
          // No table is associated with it: the main one holds.
          routeTableId: "rtb-main",
          tags: {},
        },
      ],
      nodeGroups: [
        { nodeGroupName: "batch", subnetIds: ["subnet-2"], tags: { group: "batch" } },
        { nodeGroupName: "general", subnetIds: ["subnet-1"], tags: { group: "general" } },
      ],
      vpcCni: {
        version: "v1.23.1-eksbuild.1",
        configurationValues: '{"env":{}}',
        podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/cni" }],
        tags: { team: "platform" },
      },
    });
  });

  it("reads of groups of its own how many nodes they want", async () => {
    const invokes: Invokes = {
      ...mockedAws,
      "aws:eks/getNodeGroup:getNodeGroup": ({ nodeGroupName }) => ({
        subnetIds: ["subnet-1"],
        tags: nodeGroupName === "general" ? { "eks-pod-network.io/cluster": "small" } : {},
        scalingConfigs: [{ minSize: 1, desiredSize: 3, maxSize: 4 }],
      }),
    };
    assert.deepEqual(
      (await read(invokes)).nodeGroups.map(({ nodeGroupName, desiredSize }) => [nodeGroupName, desiredSize]),
      [
        ["batch", undefined],
        ["general", 3],
      ],
    );
  });

  it("says how a self-managed CNI becomes an add-on", async () => {
    const invokes: Invokes = {
      ...mockedAws,
      "aws:eks/getAddon:getAddon": () => {
        throw new Error("reading EKS Add-On (small:vpc-cni): couldn't find resource");
      },
    };
    await assert.rejects(read(invokes), (error: pulumi.RunError) => {
      assert.match(
        error.message,
        /^small has no managed add-on vpc-cni\..* aws eks create-addon --cluster-name small/,
      );
      return true;
    });
  });

  it("hands on every other failure as it is", async () => {
    const invokes: Invokes = {
      ...mockedAws,
      "aws:eks/getAddon:getAddon": () => {
        throw new Error("AccessDeniedException: not authorized to perform eks:DescribeAddon");
      },
    };
    await assert.rejects(read(invokes), /not authorized to perform eks:DescribeAddon/);
  });
});
