import assert from "node:assert/strict";
import { SecondaryCidr } from "../../components";
import { record, valueOf } from "../support/pulumiMocks";

const blocks = [
  { cidrBlock: "100.64.0.0/16" },
  { cidrBlock: "100.65.0.0/16", associationId: "vpc-cidr-assoc-2" },
];

describe("SecondaryCidr", () => {
  it("associates each block with the VPC, and takes over those that it has", async () => {
    const { resources, result } = await record(() => new SecondaryCidr("pods", { vpcId: "vpc-1", blocks }));
    assert.deepEqual(resources.slice(1), [
      {
        type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        name: "pods-100.64.0.0-16",
        inputs: { vpcId: "vpc-1", cidrBlock: "100.64.0.0/16" },
        parent: "eks-pod-network:index:SecondaryCidr pods",
        dependsOn: [],
        protect: true,
        importId: undefined,
        ignoreChanges: [],
      },
      {
        type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        name: "pods-100.65.0.0-16",
        inputs: { vpcId: "vpc-1", cidrBlock: "100.65.0.0/16" },
        parent: "eks-pod-network:index:SecondaryCidr pods",
        dependsOn: [],
        protect: true,
        importId: "vpc-cidr-assoc-2",
        ignoreChanges: [],
      },
    ]);
    assert.deepEqual(await valueOf(result.cidrBlocks), ["100.64.0.0/16", "100.65.0.0/16"]);
  });

  it("is not protected when told so", async () => {
    const { resources } = await record(
      () => new SecondaryCidr("pods", { vpcId: "vpc-1", blocks }, { protect: false }),
    );
    assert.deepEqual([...new Set(resources.map(({ protect }) => protect))], [false]);
  });
});
