import assert from "node:assert/strict";
import { forgottenAddOn } from "../../../planning/rollback/forgottenAddOn";
import { stackRemoval, type StackResource } from "../../../planning/rollback/stackRemoval";

const urnOf = (type: string) => `urn:pulumi:prod::eks-pod-network::${type}::pods`;
const NETWORK = "eks-pod-network:index:PodNetwork";
const ADD_ON = "aws:eks/addon:Addon";

const removalOf = (addOn: Partial<StackResource>) =>
  stackRemoval([
    { urn: urnOf(NETWORK), type: NETWORK },
    { urn: urnOf(ADD_ON), type: ADD_ON, custom: true, parent: urnOf(NETWORK), ...addOn },
  ]);

describe("an add-on that a rollback would delete", () => {
  it("is not deleted where it was there before the stack", () => {
    const [problem, ...others] = forgottenAddOn(removalOf({}), true);
    assert.deepEqual(others, []);
    assert.equal(problem?.path, "cni.adopt");
    assert.match(problem.reason, /that Addon pods was there before it/);
    assert.match(problem.fix, /cni\.adopt: false/);
  });

  it("goes where the stack has made it, and stays without a word where it is known as taken over", () => {
    assert.deepEqual(forgottenAddOn(removalOf({}), false), []);
    assert.deepEqual(forgottenAddOn(removalOf({ importID: "small:vpc-cni" }), true), []);
  });
});
