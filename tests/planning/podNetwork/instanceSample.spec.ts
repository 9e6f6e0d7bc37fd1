import assert from "node:assert/strict";
import { representatives, withGroupsOf } from "../../../planning/podNetwork/instanceSample";

const sighted = (count: number, subnetId = "subnet-a") =>
  Array.from({ length: count }, (_, index) => ({
    instanceId: `i-${subnetId.slice(-1)}${String(index).padStart(3, "0")}`,
    subnetId,
    availabilityZone: "us-west-2a",
  }));
const idsOf = (instances: readonly { readonly instanceId: string }[]) =>
  instances.map(({ instanceId }) => instanceId);

describe("representatives", () => {
  it("are all instances of a subnet with few", () => {
    assert.deepEqual(idsOf(representatives(sighted(3))), ["i-a000", "i-a001", "i-a002"]);
    assert.deepEqual(idsOf(representatives(sighted(1))), ["i-a000"]);
    assert.deepEqual(representatives([]), []);
  });

  it("are three of each subnet, however many there are", () => {
    const many = [...sighted(400), ...sighted(5, "subnet-b")];
    assert.deepEqual(idsOf(representatives(many)), [
      "i-a000",
      "i-a200",
      "i-a399",
      "i-b000",
      "i-b002",
      "i-b004",
    ]);
  });
});

describe("withGroupsOf", () => {
  const all = sighted(4);
  const carriedByAll = new Set(idsOf(all));

  it("gives those that carry the same the groups of the one that was read", () => {
    const read = new Map([["i-a000", ["sg-1", "sg-2"]]]);
    const carriers = new Map([
      ["sg-1", carriedByAll],
      ["sg-2", carriedByAll],
    ]);
    const { instances, unlike } = withGroupsOf(all, read, carriers);
    assert.deepEqual(unlike, []);
    assert.deepEqual(
      instances.map(({ securityGroupIds }) => securityGroupIds),
      all.map(() => ["sg-1", "sg-2"]),
    );
  });

  it("asks for one of each kind that none was read of", () => {
    const read = new Map([["i-a000", ["sg-1"]]]);
    const carriers = new Map([["sg-1", new Set(["i-a000", "i-a001"])]]);
    const { unlike } = withGroupsOf(all, read, carriers);
    assert.deepEqual(idsOf(unlike), ["i-a002"]);
    const { instances, unlike: none } = withGroupsOf(all, new Map([...read, ["i-a002", ["sg-9"]]]), carriers);
    assert.deepEqual(none, []);
    assert.deepEqual(
      instances.map(({ securityGroupIds }) => securityGroupIds),
      [["sg-1"], ["sg-1"], ["sg-9"], ["sg-9"]],
    );
  });

  it("takes nobody's groups from another subnet", () => {
    const both = [...sighted(1), ...sighted(1, "subnet-b")];
    const carriers = new Map([["sg-1", new Set(idsOf(both))]]);
    const { unlike } = withGroupsOf(both, new Map([["i-a000", ["sg-1"]]]), carriers);
    assert.deepEqual(idsOf(unlike), ["i-b000"]);
  });
});
