import assert from "node:assert/strict";
import { restoredAnnotations } from "../../../planning/rollback/restoredAnnotations";

const [MANAGER, FORCE] = ["pulumi.com/patchFieldManager", "pulumi.com/patchForce"];
const OURS = { [MANAGER]: "eks-pod-network", [FORCE]: "true" };

describe("the annotations of aws-node as they were", () => {
  it("are without those of the pod network's patch, and with all others", () => {
    const others = { "deprecated.daemonset.template.generation": "3" };
    assert.deepEqual(restoredAnnotations({ ...others, ...OURS }, {}), others);
  });

  it("have those of them again that were there before", () => {
    assert.deepEqual(restoredAnnotations(OURS, { [MANAGER]: "platform" }), { [MANAGER]: "platform" });
    assert.equal(restoredAnnotations(OURS, OURS), undefined);
  });

  it("are left alone where they are so already, or another one's patch is there by now", () => {
    assert.equal(restoredAnnotations({ a: "b" }, {}), undefined);
    assert.equal(restoredAnnotations({ ...OURS, [MANAGER]: "platform" }, {}), undefined);
  });
});
