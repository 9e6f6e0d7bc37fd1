import assert from "node:assert/strict";
import type { MockedOutside } from "./pulumiMocks";

/** Answers of invokes by their tokens. */
export type Invokes = NonNullable<MockedOutside["invokes"]>;
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

/** An AWS with one cluster of two zones, one of whose subnets has a route table of its own. */
export const mockedAws: Invokes = {
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
    addonVersion: addonName === "vpc-cni" ? "v1.23.1-eksbuild.1" : "another",
    configurationValues: '{"env":{}}',
    serviceAccountRoleArn: "",
    podIdentityAssociations: [
      { serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/cni", more: "unknown" },
    ],
    tags: { team: "platform" },
  }),
};
