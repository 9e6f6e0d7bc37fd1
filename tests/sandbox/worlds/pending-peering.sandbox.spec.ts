import assert from "node:assert/strict";
import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  DescribeVpcPeeringConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { findingsOf, preflightOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world pending-peering", function () {
  this.timeout(60_000);
  const { record } = sandboxFixture("pending-peering");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const associate = async (CidrBlock: string) => {
    const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId;
    return world.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  };
  const peering = async () => {
    const { VpcPeeringConnections: [found] = [] } = await world.ec2.send(
      new DescribeVpcPeeringConnectionsCommand({}),
    );
    return found;
  };

  it("is told by preflight of the peering that nobody has accepted", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "POD-CIDR");
    assert.equal(finding?.level, "stop");
    assert.equal(withoutIds(finding.title), "100.64.0.0/16 can't be added to vpc");
    assert.match(finding.evidence.join(" "), /pcx-[0-9a-f]+/);
    assert.deepEqual(others, []);
  });

  it("has a peering that the cluster's VPC has asked for, and that waits", async () => {
    const { RequesterVpcInfo, AccepterVpcInfo, Status } = (await peering()) ?? {};
    assert.equal(Status?.Code, "pending-acceptance");
    assert.equal(RequesterVpcInfo?.VpcId, (await world.cluster()).resourcesVpcConfig?.vpcId);
    assert.equal(AccepterVpcInfo?.CidrBlock, "10.60.0.0/16");
  });

  it("adds no block to the VPC until it is accepted, and then any that its peer doesn't have", async () => {
    const id = (await peering())?.VpcPeeringConnectionId ?? "";
    await assert.rejects(associate("100.64.0.0/16"), { name: "IncorrectState", message: new RegExp(id) });
    await world.ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    await assert.rejects(associate("10.60.0.0/20"), { name: "CidrConflict", message: new RegExp(id) });
    const { CidrBlockAssociation } = await associate("100.64.0.0/16");
    assert.equal(CidrBlockAssociation?.CidrBlock, "100.64.0.0/16");
  });
});
