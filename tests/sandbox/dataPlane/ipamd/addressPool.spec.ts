import assert from "node:assert/strict";
import { AddressPool } from "../../../../sandbox/dataPlane/ipamd/addressPool";

function poolOf(...interfaces: readonly (readonly string[])[]): AddressPool {
  const pool = new AddressPool(30_000);
  interfaces.forEach((addresses, deviceIndex) => {
    pool.addInterface({ interfaceId: `eni-${deviceIndex}`, deviceIndex, since: 0 }, addresses);
  });
  return pool;
}

describe("the address pool of a node", () => {
  it("hands addresses out from the primary ENI on, and answers nothing when all are given", () => {
    const pool = poolOf(["10.8.0.5"], ["100.64.0.5"]);
    assert.equal(pool.assign("a", 0), "10.8.0.5");
    assert.equal(pool.assign("b", 0), "100.64.0.5");
    assert.equal(pool.assign("c", 0), undefined);
    assert.deepEqual(pool.counts(0), { total: 2, assigned: 2, cooling: 0, available: 0 });
  });

  it("gives a pod that asks again what it has", () => {
    const pool = poolOf(["10.8.0.5", "10.8.0.6"]);
    pool.assign("a", 0);
    assert.equal(pool.assign("a", 0), "10.8.0.5");
    assert.equal(pool.counts(0).assigned, 1);
  });

  it("lets what was given back cool down to the millisecond", () => {
    const pool = poolOf(["10.8.0.5"]);
    pool.assign("a", 0);
    pool.release("a", 1_000);
    assert.equal(pool.assign("b", 30_999), undefined);
    assert.equal(pool.counts(30_999).cooling, 1);
    assert.equal(pool.counts(31_000).cooling, 0);
    assert.equal(pool.assign("b", 31_000), "10.8.0.5");
  });

  it("knows of the addresses that were ever given since when they are", () => {
    const pool = poolOf(["10.8.0.5", "10.8.0.6", "10.8.0.7"]);
    pool.assign("a", 1_000);
    pool.release("a", 2_000);
    pool.adopt("b", "10.8.0.6");
    assert.deepEqual(pool.historyOf("eni-0"), [
      {
        block: "10.8.0.5",
        addresses: [{ address: "10.8.0.5", holder: undefined, assignedAt: 1_000, unassignedAt: 2_000 }],
      },
      {
        block: "10.8.0.6",
        addresses: [{ address: "10.8.0.6", holder: "b", assignedAt: undefined, unassignedAt: undefined }],
      },
      { block: "10.8.0.7", addresses: [] },
    ]);
  });

  it("counts what cools down as available, and lets EC2 have it back", () => {
    const pool = poolOf(["10.8.0.5", "10.8.0.6"]);
    pool.assign("a", 0);
    pool.assign("b", 0);
    pool.release("a", 1_000);
    assert.deepEqual(pool.counts(1_000), { total: 2, assigned: 1, cooling: 1, available: 1 });
    assert.deepEqual(pool.freeableOf("eni-0"), ["10.8.0.5"]);
  });

  it("adopts what a pod has already, and refuses what another one has or nobody knows", () => {
    const pool = poolOf(["10.8.0.5", "10.8.0.6"]);
    assert.equal(pool.adopt("a", "10.8.0.6"), true);
    assert.equal(pool.adopt("a", "10.8.0.6"), true);
    assert.equal(pool.adopt("b", "10.8.0.6"), false);
    assert.equal(pool.adopt("a", "10.8.0.5"), false);
    assert.equal(pool.adopt("c", "10.9.9.9"), false);
    assert.deepEqual([...pool.assignments()], [["a", "10.8.0.6"]]);
  });

  it("refuses to lose an address that a pod has, and to know one twice", () => {
    const pool = poolOf(["10.8.0.5"], ["100.64.0.5"]);
    pool.assign("a", 0);
    assert.throws(() => {
      pool.removeBlocks("eni-0", ["10.8.0.5"]);
    }, /10\.8\.0\.5 can't be taken away: pod a has it/);
    assert.throws(() => {
      pool.removeInterface("eni-0");
    }, /pod a has it/);
    assert.throws(() => {
      pool.addBlocks("eni-0", ["100.64.0.5"]);
    }, /100\.64\.0\.5 was added to eni-0, but eni-1 has it already/);
  });
});
