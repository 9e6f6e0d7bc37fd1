import assert from "node:assert/strict";
import fc from "fast-check";
import { readSelector, selects } from "../../../planning/rotation/labelSelector";
import { hostileText } from "../../support/hostile";

const isSelected = (text: string, labels: Readonly<Record<string, string>>) => {
  const reading = readSelector(text);
  assert.ok("selector" in reading, `refused: ${JSON.stringify(reading)}`);
  return selects(reading.selector, labels);
};

describe("a label selector as kubectl takes it", () => {
  for (const [text, matching, others] of [
    ["app=web", [{ app: "web" }], [{ app: "api" }, {}]],
    ["app == web", [{ app: "web" }], [{ app: "api" }, {}]],
    ["app!=web", [{ app: "api" }, {}], [{ app: "web" }]],
    ["app=", [{ app: "" }], [{ app: "web" }, {}]],
    ["app", [{ app: "" }, { app: "web" }], [{}]],
    ["!app", [{}], [{ app: "" }]],
    ["! app", [{}], [{ app: "" }]],
    ["app in (web, api)", [{ app: "web" }, { app: "api" }], [{ app: "db" }, {}]],
    ["app notin (web,api)", [{ app: "db" }, {}], [{ app: "web" }]],
    [
      "app.kubernetes.io/name in (web,api),tier!=batch",
      [{ "app.kubernetes.io/name": "api" }],
      [{ "app.kubernetes.io/name": "api", tier: "batch" }, { tier: "web" }],
    ],
  ] as const) {
    it(`reads ${text}`, () => {
      for (const labels of matching) assert.equal(isSelected(text, labels), true, JSON.stringify(labels));
      for (const labels of others) assert.equal(isSelected(text, labels), false, JSON.stringify(labels));
    });
  }

  for (const [text, refused] of [
    ["", ""],
    ["app=web,", ""],
    ["app in web", "app in web"],
    ["app in (web", "app in (web"],
    ["app=we b", "app=we b"],
    ["a=1,-b=2", "-b=2"],
    ["app > 3", "app > 3"],
    ["app=web=api", "app=web=api"],
    ["a/b/c", "a/b/c"],
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readSelector(text ?? ""), { refused });
    });
  }
});

describe("a label selector that anybody wrote", () => {
  it("is read or refused, whatever it is, and asks only for labels that are there", () => {
    const text = fc.array(
      fc.oneof(hostileText(3), fc.constantFrom(",", "=", "!=", " in (", " notin (", ")", "app", "web")),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const reading = readSelector(parts.join(""));
        if ("refused" in reading) return;
        for (const { key, operator } of reading.selector.matchExpressions ?? []) {
          assert.ok(key.length > 0);
          const isMet = operator === "NotIn" || operator === "DoesNotExist";
          assert.equal(selects({ matchExpressions: [{ key, operator, values: ["x"] }] }, {}), isMet, key);
        }
      }),
    );
  });

  it("takes no key that every object has for a label", () => {
    assert.equal(isSelected("constructor", {}), false);
    assert.equal(isSelected("!constructor", {}), true);
    assert.equal(isSelected("constructor=x", { constructor: "x" }), true);
  });

  it("keeps commas within brackets together", () => {
    assert.deepEqual(readSelector("a in (b,c),d,e notin (f, g)"), {
      selector: {
        matchExpressions: [
          { key: "a", operator: "In", values: ["b", "c"] },
          { key: "d", operator: "Exists", values: [] },
          { key: "e", operator: "NotIn", values: ["f", "g"] },
        ],
      },
    });
  });
});
