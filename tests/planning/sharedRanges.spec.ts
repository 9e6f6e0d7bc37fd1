import assert from "node:assert/strict";
import { sharedBlocks, sharedRanges, type EnvironmentNetwork } from "../../planning/sharedRanges";

const network = (name: string, given: Partial<EnvironmentNetwork> = {}): EnvironmentNetwork => ({
  name,
  vpcId: `vpc-${name}`,
  podCidrs: ["100.64.0.0/16"],
  peeredVpcIds: [],
  transitGatewayIds: [],
  ...given,
});

describe("sharedRanges", () => {
  it("leaves VPCs alone that know nothing of each other, and clusters of one VPC", () => {
    assert.deepEqual(sharedRanges([network("dev"), network("prod")]), []);
    assert.deepEqual(sharedRanges([network("dev"), network("prod", { vpcId: "vpc-dev" })]), []);
  });

  it("finds a range that peered VPCs share, whichever of them says so", () => {
    const shared = [
      { environments: ["dev", "prod"], podCidrs: ["100.64.0.0/16", "100.64.0.0/16"], by: "peering" },
    ];
    assert.deepEqual(sharedRanges([network("dev", { peeredVpcIds: ["vpc-prod"] }), network("prod")]), shared);
    assert.deepEqual(sharedRanges([network("dev"), network("prod", { peeredVpcIds: ["vpc-dev"] })]), shared);
  });

  it("passes over what is no block, which is refused where its environment is looked at", () => {
    const those = ["100.64.0.0/10"];
    assert.equal(sharedBlocks(["100.64.3.0/16"], those), undefined);
    assert.deepEqual(sharedBlocks(["100.64.3.0/16", "100.65.0.0/16"], those), ["100.65.0.0/16", those[0]]);
    assert.equal(sharedBlocks(those, ["100.64.3.0/16"]), undefined);
  });

  it("finds a part of a range that is shared over a transit gateway", () => {
    const there = { transitGatewayIds: ["tgw-1"] };
    const found = sharedRanges([
      network("dev", { ...there, podCidrs: ["100.80.0.0/16", "100.64.0.0/10"] }),
      network("prod", { ...there, podCidrs: ["100.70.0.0/16"] }),
      network("lab", { ...there, podCidrs: ["10.0.0.0/16"] }),
    ]);
    assert.deepEqual(found, [
      { environments: ["dev", "prod"], podCidrs: ["100.64.0.0/10", "100.70.0.0/16"], by: "tgw-1" },
    ]);
  });
});
