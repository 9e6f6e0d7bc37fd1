import assert from "node:assert/strict";
import { PodSubnets } from "../../components";
import { record, valueOf } from "../support/pulumiMocks";

const args = {
  clusterName: "small",
  vpcId: "vpc-1",
  subnets: [
    { availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/19", routeTableId: "rtb-a" },
    {
      availabilityZone: "us-west-2b",
      cidrBlock: "100.64.32.0/19",
      routeTableId: "rtb-b",
      subnetId: "subnet-b",
    },
  ],
};
const parent = "eks-pod-network:index:PodSubnets pods";

describe("PodSubnets", () => {
  it("makes a subnet per zone and gives it the route table of its nodes", async () => {
    const { resources } = await record(() => new PodSubnets("pods", args));
    assert.deepEqual(
      resources.filter(({ name }) => name === "pods-us-west-2a"),
      [
        {
          type: "aws:ec2/subnet:Subnet",
          name: "pods-us-west-2a",
          inputs: {
            vpcId: "vpc-1",
            availabilityZone: "us-west-2a",
            cidrBlock: "100.64.0.0/19",
            tags: { Name: "small-pods-us-west-2a", "eks-pod-network.io/cluster": "small" },
          },
          parent,
          dependsOn: [],
          protect: true,
          importId: undefined,
          ignoreChanges: [],
        },
        {
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          name: "pods-us-west-2a",
          inputs: { subnetId: "id-pods-us-west-2a", routeTableId: "rtb-a" },
          parent,
          dependsOn: ["aws:ec2/subnet:Subnet pods-us-west-2a"],
          protect: true,
          importId: undefined,
          ignoreChanges: [],
        },
      ],
    );
  });

  it("takes over a subnet that exists", async () => {
    const { resources } = await record(() => new PodSubnets("pods", args));
    const imports = resources.flatMap(({ name, importId }) => (importId ? [[name, importId]] : []));
    assert.deepEqual(imports, [["pods-us-west-2b", "subnet-b"]]);
  });

  it("puts no tag of load balancers, of the CNI's discovery or of Karpenter on a subnet", async () => {
    const { resources } = await record(() => new PodSubnets("pods", args));
    const keys = resources.flatMap(({ inputs }) => Object.keys(inputs.tags ?? {}));
    assert.deepEqual([...new Set(keys)].sort(), ["Name", "eks-pod-network.io/cluster"]);
  });

  it("knows the id of a subnet that exists in a preview, beside one that does not", async () => {
    const { result } = await record(() => new PodSubnets("pods", args), { isPreview: true });
    assert.equal(await valueOf(result.subnetIds["us-west-2a"] ?? ""), undefined);
    assert.equal(await valueOf(result.subnetIds["us-west-2b"] ?? ""), "subnet-b");
  });
});
