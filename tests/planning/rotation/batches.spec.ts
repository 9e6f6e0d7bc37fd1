import assert from "node:assert/strict";
import * as fc from "fast-check";
import { batches, maxUnavailableProblems, unavailableAtOnce } from "../../../planning/rotation/batches";

const nodes = (zones: string) =>
  Array.from(zones, (zone, index) => ({ name: `${zone}${index}`, availabilityZone: zone }));
const namesOf = (found: readonly (readonly { readonly name: string }[])[]) =>
  found.map((batch) => batch.map(({ name }) => name));

describe("batches", () => {
  it("take a node of each zone in turn, of the zone with most nodes first", () => {
    assert.deepEqual(namesOf(batches(nodes("aabbbc"), 3)), [
      ["b2", "a0", "c5"],
      ["b3", "a1", "b4"],
    ]);
  });

  it("of one node walk over the zones", () => {
    assert.deepEqual(namesOf(batches(nodes("aabb"), 1)), [["a0"], ["b2"], ["a1"], ["b3"]]);
  });

  it("begin with nodes whose drain had begun", () => {
    const given = nodes("abc").map((node) => ({ ...node, isStarted: node.name === "c2" }));
    assert.deepEqual(namesOf(batches(given, 2)), [["c2", "a0"], ["b1"]]);
  });

  it("take no size below 1", () => {
    assert.throws(() => batches(nodes("a"), 0), RangeError);
    assert.throws(() => batches(nodes("a"), NaN), RangeError);
  });

  const someNodes = fc
    .array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.boolean()), { maxLength: 60 })
    .map((given) =>
      given.map(([availabilityZone, isStarted], index) => ({
        name: `n${index}`,
        availabilityZone,
        isStarted,
      })),
    );
  const aSize = fc.integer({ min: 1, max: 10 });

  it("hold every node exactly once", () => {
    fc.assert(
      fc.property(someNodes, aSize, (given, size) => {
        assert.deepEqual(
          batches(given, size)
            .flat()
            .map(({ name }) => name)
            .sort(),
          given.map(({ name }) => name).sort(),
        );
      }),
    );
  });

  it("are never larger than the size, and only the last is smaller", () => {
    fc.assert(
      fc.property(someNodes, aSize, (given, size) => {
        const lengths = batches(given, size).map(({ length }) => length);
        assert.ok(lengths.every((length, index) => length === size || index === lengths.length - 1));
        assert.ok(lengths.every((length) => length >= 1 && length <= size));
      }),
    );
  });

  it("as large as there are zones hold a zone twice only where another has run out", () => {
    fc.assert(
      fc.property(someNodes, (given) => {
        const fresh = given.map((node) => ({ ...node, isStarted: false }));
        const zones = new Set(fresh.map(({ availabilityZone }) => availabilityZone));
        const left = new Map(
          [...zones].map((zone) => [zone, fresh.filter((n) => n.availabilityZone === zone).length]),
        );
        for (const batch of batches(fresh, zones.size || 1)) {
          const hasAll = [...left.values()].every((count) => count > 0);
          const inBatch = batch.map(({ availabilityZone }) => availabilityZone);
          if (hasAll) assert.equal(new Set(inBatch).size, inBatch.length);
          for (const zone of inBatch) left.set(zone, (left.get(zone) ?? 0) - 1);
        }
      }),
    );
  });
});

describe("maxUnavailable", () => {
  it("is a number, or a percentage rounded down, at least 1", () => {
    assert.equal(unavailableAtOnce(3, 118), 3);
    assert.equal(unavailableAtOnce("10%", 118), 11);
    assert.equal(unavailableAtOnce("10%", 6), 1);
    assert.equal(unavailableAtOnce("100%", 6), 6);
    assert.equal(unavailableAtOnce("50%", 0), 1);
  });

  it("is refused where it is neither", () => {
    for (const value of ["a few", 0, -1, 1.5, "0%", "101%", "10", "10.5%", null, true]) {
      const [problem] = maxUnavailableProblems("rotation.maxUnavailable", value);
      assert.equal(problem?.path, "rotation.maxUnavailable", String(value));
      assert.match(problem.fix, /3 or 10%/);
    }
    for (const value of [1, 500, "1%", "100%"]) assert.deepEqual(maxUnavailableProblems("x", value), []);
  });
});
