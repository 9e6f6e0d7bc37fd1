import assert from "node:assert/strict";
import { podSecurityGroups } from "../../../planning/verification/podSecurityGroups";
import { cleanPrimary, clusterWith, newNode, podEni } from "../rotation/builders";

const eniConfig = { name: "us-west-2a", subnetId: "subnet-pods-a" };
const withGroups = (...securityGroupIds: string[]) => ({
  ...newNode,
  enis: [cleanPrimary, { ...podEni, securityGroupIds }],
});
const found = (node = newNode, securityGroupIds?: string[]) =>
  podSecurityGroups(clusterWith([node], []), () => ({
    ...eniConfig,
    ...(securityGroupIds !== undefined && { securityGroupIds }),
  }));

describe("security groups of pods", () => {
  it("are those of the ENIConfig, in whichever order", () => {
    const { enis, deviations } = found(withGroups("sg-1", "sg-2"), ["sg-2", "sg-1"]);
    assert.deepEqual([enis, deviations], [{ right: 1, of: 1 }, []]);
  });

  it("are those of the primary ENI where the ENIConfig names none", () => {
    assert.deepEqual(found(withGroups("sg-nodes")).enis, { right: 1, of: 1 });
    assert.deepEqual(found(withGroups("sg-nodes"), []).enis, { right: 1, of: 1 });
    assert.deepEqual(found(withGroups("sg-1")).enis, { right: 0, of: 1 });
  });

  it("are told with the command that mends them", () => {
    assert.deepEqual(found(withGroups("sg-old"), ["sg-1", "sg-2"]).deviations, [
      {
        about: "securityGroups",
        title: "ENI eni-1 of node new-1 has sg-old, its ENIConfig says sg-1, sg-2",
        wayOut: "aws ec2 modify-network-interface-attribute --network-interface-id eni-1 --groups sg-1 sg-2",
      },
    ]);
    assert.match(found(withGroups(), ["sg-1"]).deviations[0]?.title ?? "", / has no security group, /);
  });

  it("are looked at in pod subnets alone, and where the ENIConfig is known", () => {
    const elsewhere = { ...newNode, enis: [cleanPrimary, { ...podEni, subnetId: "subnet-nodes-a" }] };
    assert.deepEqual(found(elsewhere, ["sg-1"]).enis, { right: 0, of: 0 });
    const unknown = podSecurityGroups(clusterWith([newNode], []), () => undefined);
    assert.deepEqual(unknown, { enis: { right: 0, of: 0 }, deviations: [] });
  });
});
