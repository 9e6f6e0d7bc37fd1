import assert from "node:assert/strict";
import { takenOver } from "../../../planning/rotation/surgeTakenOver";
import { newNode, poolA, poolB } from "./builders";

describe("replacements that a zone without instances owes", () => {
  const [a, b] = [poolA.nodeGroupName, poolB.nodeGroupName];
  const all = { has: () => true };
  const workers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...newNode, name: `new-${index}` }));
  const bases = new Map([
    [a, { workers: 0, target: 3, old: 3 }],
    [b, { workers: 0, target: 2, old: 2 }],
  ]);
  /** Two of the three nodes of zone a are gone, none of zone b's. */
  const left = new Map([
    [a, 1],
    [b, 2],
  ]);
  const taken = (pools: (typeof poolA)[], checked = all) => {
    const { byPool, unreplaced } = takenOver(pools, new Set([a]), { bases, left }, checked);
    return [byPool.get(b), unreplaced];
  };

  it("are made by another zone's pool of the worker group, and awaited until they are in service and checked", () => {
    assert.deepEqual(taken([poolA, poolB]), [2, 2]);
    const made = { ...poolB, desiredSize: 2 };
    assert.deepEqual(taken([poolA, made]), [2, 2], "they have not joined");
    assert.deepEqual(taken([poolA, { ...made, nodes: workers(1) }]), [2, 1]);
    assert.deepEqual(taken([poolA, { ...made, nodes: workers(2) }]), [2, 0]);
    assert.deepEqual(taken([poolA, { ...made, nodes: workers(2) }], { has: () => false }), [2, 2]);
  });

  it("are fewer by those that the zone got before", () => {
    assert.deepEqual(taken([{ ...poolA, desiredSize: 2, nodes: workers(1) }, poolB]), [1, 1]);
  });

  it("are not awaited beyond the maximum of all, nor where the worker group has no other pool", () => {
    assert.deepEqual(taken([poolA, { ...poolB, maxSize: 1 }]), [1, 1]);
    assert.deepEqual(taken([poolA, { ...poolB, workerGroup: "others" }]), [undefined, 0]);
  });

  it("are none where every zone has instances", () => {
    assert.deepEqual(takenOver([poolA, poolB], new Set(), { bases, left }, all), {
      byPool: new Map(),
      unreplaced: 0,
    });
  });
});
