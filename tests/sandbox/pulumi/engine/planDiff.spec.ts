import assert from "node:assert/strict";
import * as fc from "fast-check";
import { deviations, NO_DIFF, planDiff } from "../../../../sandbox/pulumi/engine/planDiff";
import { equal, secret, UNKNOWN, type PropertyMap } from "../../../../sandbox/pulumi/engine/propertyValues";

const properties = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(
    fc.constantFrom("x", "y", 1, true),
    fc.array(fc.constantFrom("x", "y"), { maxLength: 2 }),
    fc.record({ k: fc.constantFrom("x", "y") }),
  ),
  { noNullPrototype: true },
) as fc.Arbitrary<PropertyMap>;

describe("how properties deviate from a plan", () => {
  it("they never do where they change as planned, nor where they are there already", () => {
    fc.assert(
      fc.property(properties, properties, (olds, news) => {
        const plan = planDiff(olds, news);
        assert.deepEqual(deviations(olds, news, plan), []);
        if (plan.deletes.length === 0) assert.deepEqual(deviations(news, news, plan), []);
      }),
    );
  });

  it("they do where they change otherwise", () => {
    fc.assert(
      fc.property(properties, properties, properties, (olds, news, others) => {
        assert.equal(deviations(olds, others, planDiff(olds, news)).length === 0, equal(news, others));
      }),
    );
  });

  it("a value that was not known may be any, and none", () => {
    const olds = { a: "x", list: ["x"] };
    const plan = planDiff(olds, { a: UNKNOWN, list: [UNKNOWN], more: UNKNOWN });
    assert.deepEqual(deviations(olds, { a: "y", list: ["z"], more: 1 }, plan), []);
    assert.deepEqual(deviations(olds, { list: ["z"] }, plan), []);
    assert.deepEqual(deviations(olds, { a: "y", list: ["z", "z"] }, plan), [
      `~~list[{["${UNKNOWN}"]}!={["z","z"]}]`,
    ]);
  });

  it("tells what was planned and what happens, and no secret", () => {
    const olds = { a: "x", b: "x", c: "x" };
    const plan = planDiff(olds, { a: "y", c: "x", d: secret("hush") });
    assert.deepEqual(
      deviations(olds, { a: "x", b: "x", c: "z", d: secret("other"), e: { k: secret("hush") } }, plan),
      ["++d[{[secret]}!={[secret]}]", "-=b[{x}]", '=+e[{{"k":"[secret]"}}]', "=~c[{z}]", "~=a[{y}!={x}]"],
    );
    assert.deepEqual(deviations({ a: "x" }, {}, NO_DIFF), ["=-a"]);
  });
});
