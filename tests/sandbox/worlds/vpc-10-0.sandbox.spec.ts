import assert from "node:assert/strict";
import { AssociateVpcCidrBlockCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { findingsOf, preflightOf, titlesOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world vpc-10-0", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("vpc-10-0");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const associate = async (CidrBlock: string) => {
    const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId;
    return world.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  };

  it("is told by preflight of blocks that it may not add, and of free ones", async () => {
    const found = await preflightOf(record(), { podCidrs: ["198.19.0.0/16"] });
    const [finding, ...others] = findingsOf(found, "POD-CIDR");
    assert.equal(finding?.level, "stop");
    assert.equal(withoutIds(finding.title), "198.19.0.0/16 can't be added to vpc");
    assert.equal(finding.wayOut, "Use 100.64.0.0/16, which is free.");
    assert.deepEqual(others, []);
    assert.deepEqual(titlesOf(await preflightOf(record()), "POD-CIDR"), []);
  });

  it("has its one block in 10.0.0.0/15", async () => {
    const VpcIds = [(await world.cluster()).resourcesVpcConfig?.vpcId ?? ""];
    const { Vpcs: [vpc] = [] } = await world.ec2.send(new DescribeVpcsCommand({ VpcIds }));
    assert.deepEqual(
      vpc?.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock),
      ["10.1.0.0/16"],
    );
  });

  for (const [block, why] of [
    ["10.0.0.0/16", "although nothing overlaps"],
    ["10.0.64.0/18", "although nothing overlaps"],
    ["172.16.0.0/16", "of another private range"],
    ["192.168.0.0/16", "of another private range"],
    ["198.19.0.0/16", "which some guides recommend"],
  ] as const) {
    it(`may not add ${block}, ${why}`, async () => {
      await assert.rejects(associate(block), { name: "InvalidVpc.Range" });
    });
  }

  for (const block of ["10.2.0.0/16", "100.64.0.0/16"]) {
    it(`may add ${block}`, async () => {
      const { CidrBlockAssociation } = await associate(block);
      assert.equal(CidrBlockAssociation?.CidrBlock, block);
    });
  }
});
