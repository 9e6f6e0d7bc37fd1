import assert from "node:assert/strict";
import fc from "fast-check";
import { marksOf } from "../../../automation/rotation/nodeMarks";
import { checkPrototypes, hostileJson, hostileKey, hostileText } from "../../support/hostile";

const OURS = ["run", "was-cordoned", "was-excluded", "drain-began", "owners"].map(
  (name) => `eks-pod-network.io/${name}`,
);

describe("the marks of a node whose annotations anybody may have written", () => {
  it("are read without a failure, and are none without ours", () => {
    const key = fc.oneof(fc.constantFrom(...OURS), hostileKey());
    const value = fc.oneof(
      hostileText(),
      hostileJson().map((json) => JSON.stringify(json)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (entries) => {
        const annotations = Object.fromEntries(entries);
        const marks = marksOf(annotations);
        assert.equal(marks?.runId, annotations["eks-pod-network.io/run"]);
        if (marks === undefined) return;
        assert.equal(marks.wasCordoned, annotations["eks-pod-network.io/was-cordoned"] === "true");
        assert.equal(typeof marks.drainBegan, "string");
        checkPrototypes();
      }),
    );
  });

  it("promise nothing where the promises are no list of such", () => {
    const promise = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "shop", name: "web", ready: 3 };
    const ownersOf = (owners: string) =>
      marksOf({ "eks-pod-network.io/run": "7f3a", "eks-pod-network.io/owners": owners })?.owners;
    assert.deepEqual(ownersOf(JSON.stringify([promise])), [promise]);
    const half = JSON.stringify([promise, { ...promise, ready: "3" }]);
    for (const text of ["{}", "[null]", "null", "3", "[", "", half])
      assert.deepEqual(ownersOf(text), [], text);
    assert.deepEqual(marksOf({ "eks-pod-network.io/run": "7f3a" })?.owners, []);
  });
});
