import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { readCluster } from "../../components";
import { record, type MockedOutside } from "../support/pulumiMocks";

type Invokes = NonNullable<MockedOutside["invokes"]>;
type Inputs = Record<string, unknown>;

const subnets: Record<string, Inputs> = {
  "subnet-2": { availabilityZone: "us-west-2b", cidrBlock: "10.8.16.0/20", tags: {} },
  "subnet-1": { availabilityZone: "us-west-2a", cidrBlock: "10.8.0.0/20", tags: { Name: "a" } },
};
const routeTables: Record<string, Inputs> = {
  "rtb-main": {
    associations: [{ main: true, subnetId: "" }],
    routes: [{ cidrBlock: "10.8.0.0/16" }],
  },
  "rtb-1": {
    associations: [{ main: false, subnetId: "subnet-1" }],
    routes: [{ cidrBlock: "10.8.0.0/16" }, { cidrBlock: "0.0.0.0/0" }, { cidrBlock: "" }],
  },
};

/** An AWS with one cluster. */
const aws: Invokes = {
  "aws:eks/getCluster:getCluster": ({ name }) => ({
    name,
    region: "us-west-2",
    vpcConfig: { vpcId: "vpc-1", clusterSecurityGroupId: "sg-cluster" },
    kubernetesNetworkConfigs: [{ serviceIpv4Cidr: "172.20.0.0/16" }],
  }),
  "aws:ec2/getVpc:getVpc": ({ id }) => ({
    id,
    cidrBlock: "10.8.0.0/16",
    cidrBlockAssociations: [
      { cidrBlock: "100.64.0.0/16", associationId: "assoc-2", state: "associating" },
      { cidrBlock: "100.65.0.0/16", associationId: "assoc-3", state: "disassociated" },
      { cidrBlock: "10.8.0.0/16", associationId: "assoc-1", state: "associated" },
    ],
  }),
  "aws:ec2/getRouteTables:getRouteTables": () => ({ ids: Object.keys(routeTables) }),
  "aws:ec2/getRouteTable:getRouteTable": ({ routeTableId }) => routeTables[String(routeTableId)] ?? {},
  "aws:ec2/getSubnets:getSubnets": ({ filters }) => {
    assert.deepEqual(filters, [{ name: "vpc-id", values: ["vpc-1"] }]);
    return { ids: Object.keys(subnets) };
  },
  "aws:ec2/getSubnet:getSubnet": ({ id }) => subnets[String(id)] ?? {},
  "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: ["general", "batch"] }),
  "aws:eks/getNodeGroup:getNodeGroup": ({ nodeGroupName }) => ({
    subnetIds: [nodeGroupName === "general" ? "subnet-1" : "subnet-2"],
    tags: { group: nodeGroupName },
  }),
  "aws:eks/getAddon:getAddon": ({ addonName }) => ({
    addonVersion: `${String(addonName)} v1.23.1-eksbuild.1`,
    configurationValues: '{"env":{}}',
    serviceAccountRoleArn: "",
    podIdentityAssociations: [
      { serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/cni", more: "unknown" },
    ],
    tags: { team: "platform" },
  }),
};

const read = async (invokes: Invokes) => (await record(() => readCluster("small"), { invokes })).result;

describe("readCluster", () => {
  it("reads a cluster, its VPC and its add-on, in an order that never changes", async () => {
    assert.deepEqual(await read(aws), {
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
        version: "vpc-cni v1.23.1-eksbuild.1",
        configurationValues: '{"env":{}}',
        podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/cni" }],
        tags: { team: "platform" },
      },
    });
  });

  it("says how a self-managed CNI becomes an add-on", async () => {
    const invokes: Invokes = {
      ...aws,
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
      ...aws,
      "aws:eks/getAddon:getAddon": () => {
        throw new Error("AccessDeniedException: not authorized to perform eks:DescribeAddon");
      },
    };
    await assert.rejects(read(invokes), /not authorized to perform eks:DescribeAddon/);
  });
});
