import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { PoolTarget } from "../../../planning/rotation/surge";
import {
  replacements,
  unreplacedNodes,
  withinSurge,
  type PoolBase,
} from "../../../planning/rotation/surgeLimit";
import { newNode } from "./builders";

const target = (nodeGroupName: string, desiredSize: number, added: number): PoolTarget => ({
  nodeGroupName,
  availabilityZones: [nodeGroupName],
  desiredSize,
  added,
});

describe("a surge", () => {
  it("does not count what takes the place of nodes that are gone, a share of the plan rounded up", () => {
    const base = { workers: 0, target: 5, old: 3 };
    assert.deepEqual(
      [3, 2, 1, 0].map((left) => replacements(base, left)),
      [0, 2, 4, 5],
    );
    // A pool that replaces nobody, and one that had workers.
    assert.equal(replacements({ workers: 2, target: 4, old: 0 }, 0), 2);
    assert.equal(replacements({ workers: 2, target: 4, old: 2 }, 1), 3);
  });

  it("counts no node that stays among those that are gone, nor as one that is to be replaced", () => {
    const base = { workers: 0, target: 4, old: 2, staying: 1 };
    assert.deepEqual(
      [3, 2, 1, 0].map((left) => replacements(base, left)),
      [0, 2, 4, 4],
    );
  });

  it("leaves nodes unreplaced whose share of workers is not in service", () => {
    const base = { workers: 1, target: 6, old: 3 };
    const bases = new Map([["a", base]]);
    const checked = new Set(["a"]);
    const counts = (left: number, ready: number, has = checked) => {
      const nodes = Array.from({ length: ready }, () => newNode);
      const pools = [
        { nodeGroupName: "a", nodes: [...nodes, { ...newNode, isReady: false }] },
        { nodeGroupName: "b", nodes: [] },
      ];
      return unreplacedNodes(pools, { bases, left: new Map([["a", left]]) }, has);
    };
    // One node gone: 2 workers; two: 4; all: 5.
    assert.deepEqual(
      [1, 2, 3, 4].map((ready) => counts(2, ready)),
      [1, 1, 0, 0],
    );
    assert.deepEqual(
      [1, 3, 4, 5, 6].map((ready) => counts(0, ready)),
      [3, 2, 2, 1, 0],
    );
    assert.equal(counts(3, 0), 0, "nobody is gone");
    assert.equal(counts(0, 6, new Set()), 3, "they were not checked");
  });

  it("of 0 makes replacements only, and all of those although nothing asks for them", () => {
    const bases = new Map([
      ["a", { workers: 0, target: 2, old: 2 }],
      ["b", { workers: 0, target: 2, old: 2 }],
    ]);
    const needs = [target("a", 0, 0), target("b", 1, 1)];
    const got = (left: [string, number][]) =>
      withinSurge(needs, { surge: 0, bases, left: new Map(left) }).map(({ added }) => added);
    assert.deepEqual(
      got([
        ["a", 2],
        ["b", 2],
      ]),
      [0, 0],
    );
    assert.deepEqual(
      got([
        ["a", 1],
        ["b", 2],
      ]),
      [1, 0],
    );
  });

  it("is one for all pools, in their order, and what exists of it counts", () => {
    const bases = new Map([
      ["a", { workers: 0, target: 4, old: 4 }],
      ["b", { workers: 0, target: 4, old: 4 }],
    ]);
    const left = new Map([
      ["a", 4],
      ["b", 4],
    ]);
    const needs = [target("a", 3, 2), target("b", 2, 2)];
    const got = (surge: number | `${number}%`) =>
      withinSurge(needs, { surge, bases, left }).map(({ desiredSize, added }) => [desiredSize, added]);
    assert.deepEqual(got(2), [
      [2, 1],
      [0, 0],
    ]);
    // 50 % of 8 old nodes.
    assert.deepEqual(got("50%"), [
      [3, 2],
      [1, 1],
    ]);
  });

  it("is none in zones without addresses for it, and is left to the others", () => {
    const bases = new Map([
      ["a", { workers: 0, target: 4, old: 4, room: 0 }],
      ["b", { workers: 0, target: 4, old: 4, room: 1 }],
    ]);
    const got = (left: number) =>
      withinSurge([target("a", 2, 2), target("b", 2, 2)], {
        surge: 3,
        bases,
        left: new Map([
          ["a", left],
          ["b", 4],
        ]),
      }).map(({ added }) => added);
    assert.deepEqual(got(4), [0, 1]);
    assert.deepEqual(got(3), [1, 1], "a replacement takes what its old node gave back");
  });

  it("is never exceeded, and no pool ever shrinks", () => {
    const pool = fc.record({
      workers: fc.nat(3),
      more: fc.nat(5),
      old: fc.nat(6),
      gone: fc.nat(6),
      has: fc.nat(9),
      wanted: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(pool, { maxLength: 4 }), fc.nat(5), (pools, surge) => {
        const names = pools.map((_, index) => `pool-${index}`);
        const bases = new Map(
          pools.map(({ workers, more, old }, index): [string, PoolBase] => [
            names[index] ?? "",
            { workers, target: workers + more, old },
          ]),
        );
        const left = new Map(pools.map(({ old, gone }, index) => [names[index] ?? "", old - gone]));
        const needs = pools.map(({ has, wanted }, index) =>
          target(names[index] ?? "", Math.max(has, wanted), Math.max(0, wanted - has)),
        );
        let ahead = 0;
        let existing = 0;
        withinSurge(needs, { surge, bases, left }).forEach(({ nodeGroupName, desiredSize, added }, index) => {
          const base = bases.get(nodeGroupName) ?? assert.fail();
          const due = replacements(base, left.get(nodeGroupName) ?? 0);
          const has = pools[index]?.has ?? 0;
          assert.ok(desiredSize >= has && desiredSize >= due);
          assert.equal(added, desiredSize - has);
          ahead += Math.max(0, desiredSize - due);
          existing += Math.max(0, has - due);
        });
        assert.ok(ahead <= Math.max(surge, existing));
      }),
    );
  });
});
