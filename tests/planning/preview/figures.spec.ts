import assert from "node:assert/strict";
import {
  addressesInWords,
  podsPerNodeInWords,
  resourcesInWords,
  rotationInWords,
  roughly,
} from "../../../planning/preview/figures";
import { verdict } from "../../../planning/preview/verdict";
import { changeOf, SUBNET } from "../../support/changes";
import { quietPreview } from "../../support/environmentPreview";

describe("figures of a preview", () => {
  it("counts what comes, changes and goes; a replacement does both", () => {
    const changes = ["create", "create", "update", "import", "replace", "delete"].map((operation) =>
      changeOf(operation, SUBNET, operation),
    );
    assert.equal(resourcesInWords({ changes }), "+3 ~2 -2");
    assert.equal(resourcesInWords({ changes: [] }), "no change");
  });

  it("shows a number once where it stays", () => {
    assert.equal(addressesInWords({ addresses: { before: 4_091, after: 24_561 } }), "4,091 -> 24,561");
    assert.equal(addressesInWords({ addresses: { before: 24_561, after: 24_561 } }), "24,561");
    assert.equal(addressesInWords({ addresses: { after: 24_561 } }), "not seen -> 24,561");
    assert.equal(addressesInWords({ addresses: {} }), "not seen");
  });

  it("names types where there are several", () => {
    const large = { instanceType: "m5.large", before: 29, after: 20 };
    assert.equal(podsPerNodeInWords({ podsPerNode: [large] }), "29 -> 20");
    const { rotation } = quietPreview;
    assert.ok(rotation);
    const xlarge = { instanceType: "m5.xlarge", after: 44 };
    assert.equal(
      podsPerNodeInWords({ podsPerNode: [large, xlarge], rotation }),
      "m5.large 29 -> 20, m5.xlarge new -> 44",
    );
  });

  it("does not call a type new where today's nodes were not seen", () => {
    const podsPerNode = [{ instanceType: "m5.xlarge", after: 44 }];
    assert.equal(podsPerNodeInWords({ podsPerNode }), "not seen -> 44");
  });

  it("says how many nodes are rotated, in about which time, and how many can't be", () => {
    const outlook = { nodes: 130, oldNodes: 118, pods: 900, seconds: 10_700, waitsFor: [], undrainable: [] };
    assert.equal(rotationInWords({ rotation: outlook }), "118 of 130 (about 3 h)");
    const undrainable = [
      { node: "n", refused: [{ pod: "ops/debug", because: "bare pod", wayOut: "--force" }], unmovable: [] },
    ];
    assert.equal(
      rotationInWords({ rotation: { ...outlook, undrainable } }),
      "118 of 130 (about 3 h, 1 can't be drained)",
    );
    assert.equal(rotationInWords({ rotation: { ...outlook, oldNodes: 0 } }), "0");
    assert.equal(rotationInWords({}), "not seen");
  });

  it("gives estimates as such", () => {
    assert.deepEqual([61, 720, 5_340, 5_400, 9_000, 10_700].map(roughly), [
      "2 min",
      "12 min",
      "89 min",
      "1 h 30 min",
      "2 h 30 min",
      "3 h",
    ]);
  });
});

describe("verdict", () => {
  const changing = (environment: string) => ({
    ...quietPreview,
    environment,
    changes: [changeOf("create", SUBNET, "a")],
  });
  const serious = (environment: string) => ({
    ...changing(environment),
    lookAt: [{ line: "x", evidence: [] }],
  });

  it("is the answer in one line", () => {
    assert.equal(verdict([quietPreview]), "nothing changes");
    assert.equal(verdict([changing("dev"), quietPreview]), "1 environment changes");
    assert.equal(verdict([changing("dev"), serious("prod")]), "2 environments change, prod needs a look");
    assert.equal(
      verdict([serious("a"), serious("b"), { ...quietPreview, environment: "c", notSeen: ["x"] }]),
      "2 environments change, a and b need a look, c was not wholly seen",
    );
    assert.equal(
      verdict(["a", "b", "c", "d", "e"].map(serious)),
      "5 environments change, a, b, c and 2 more need a look",
    );
    assert.equal(verdict([{ environment: "qa", error: { message: "no" } }]), "qa could not be previewed");
  });
});
