import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import program from "../../stacks/newCluster";
import type { Invokes } from "./mockedAws";
import { record, type Registered } from "./pulumiMocks";
import { configure } from "./stackConfig";

const project = "eks-pod-network-new-cluster:";
const example = parse(
  readFileSync(join(__dirname, "..", "..", "stacks", "newCluster", "Pulumi.example.yaml"), "utf8"),
) as { readonly config: Readonly<Record<string, unknown>> };
/** The committed example, without its project: the mocks have one of their own. */
const settings = Object.fromEntries(
  Object.entries(example.config)
    .filter(([key]) => key.startsWith(project))
    .map(([key, value]) => [key.slice(project.length), value]),
);

/** A VPC with two subnets for nodes, one of which has a route table of its own. There is no cluster. */
const vpcAlone: Invokes = {
  "aws:ec2/getVpc:getVpc": ({ id }) => ({
    id,
    cidrBlock: "10.8.0.0/16",
    cidrBlockAssociations: [{ cidrBlock: "10.8.0.0/16", associationId: "assoc-1", state: "associated" }],
  }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({
    id,
    availabilityZone: id === "subnet-0000000a" ? "us-west-2a" : "us-west-2b",
    cidrBlock: id === "subnet-0000000a" ? "10.8.0.0/24" : "10.8.1.0/24",
  }),
  "aws:ec2/getSubnets:getSubnets": () => ({ ids: ["subnet-0000000a", "subnet-0000000b"] }),
  "aws:ec2/getRouteTables:getRouteTables": () => ({ ids: ["rtb-a", "rtb-main"] }),
  "aws:ec2/getRouteTable:getRouteTable": ({ routeTableId }) => ({
    associations: [
      routeTableId === "rtb-a" ? { main: false, subnetId: "subnet-0000000a" } : { main: true, subnetId: "" },
    ],
    routes: [{ cidrBlock: "10.8.0.0/16" }, { cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }],
  }),
  "aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections": () => ({ ids: [] }),
  "aws:index/getDefaultTags:getDefaultTags": () => ({ id: "aws", tags: {} }),
  "aws:eks/getCluster:getCluster": ({ name }) => {
    throw new Error(
      `reading EKS Cluster (${String(name)}): operation error EKS: DescribeCluster, ResourceNotFoundException: ` +
        `No cluster found for name: ${String(name)}.`,
    );
  },
};

/**
 * Runs the program of a new cluster with the committed example's settings, against mocks.
 *
 * @param more settings in the place of the example's; undefined leaves one out
 * @returns what it registers
 */
export async function runNewCluster(
  more: Readonly<Record<string, unknown>> = {},
  isPreview = false,
): Promise<readonly Registered[]> {
  configure({ ...settings, ...more });
  const { resources } = await record(program, { invokes: vpcAlone, isPreview });
  return resources;
}
