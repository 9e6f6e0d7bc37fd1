import assert from "node:assert/strict";
import { nextStep } from "../../../automation/rotation/nextStep";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import {
  clusterWith,
  newNode,
  oldNodeNamed,
  poolA,
  webBudget,
  webPods,
} from "../../planning/rotation/builders";

describe("what a run does next", () => {
  const options = rotationOptions({});
  const state = { newestNodeAtMs: 1_000, blocked: new Set<string>(), size: 1 };
  const old = [oldNodeNamed("old-1"), oldNodeNamed("old-2")];
  const pods = webPods(2, "old-1");
  const joined = { ...poolA, desiredSize: 1, nodes: [newNode] };
  const drained = (step: ReturnType<typeof nextStep>) =>
    step.kind === "drain" ? step.batch.map(({ node }) => node.name) : step.kind;

  it("is to add workers while there is no room, and to drain only by a look that shows room", () => {
    const step = nextStep(clusterWith(old, pods), [poolA], state, options);
    assert.deepEqual(
      step.kind === "grow" && step.needs.map(({ nodeGroupName, added }) => [nodeGroupName, added]),
      [["workers-us-west-2a", 1]],
    );
    const later = clusterWith([...old, newNode], pods);
    assert.deepEqual(drained(nextStep(later, [joined], state, options)), ["old-1"]);
    const without = clusterWith([...old.slice(1), newNode], []);
    assert.deepEqual(drained(nextStep(without, [joined], state, options)), ["old-2"]);
  });

  it("never drains a node that joined during the run", () => {
    const joining = { ...oldNodeNamed("old-0"), isReady: false, createdAtMs: 1_001 };
    assert.deepEqual(drained(nextStep(clusterWith([joining, ...old], []), [joined], state, options)), [
      "old-1",
    ]);
    assert.deepEqual(nextStep(clusterWith([joining], []), [joined], state, options), {
      kind: "end",
      stuck: [],
    });
  });

  it("goes on with a node that was begun, and leaves those that were tried", () => {
    const begun = { ...oldNodeNamed("old-2"), annotations: { "eks-pod-network.io/run": "7f3a" } };
    const cluster = clusterWith([oldNodeNamed("old-1"), begun], []);
    assert.deepEqual(drained(nextStep(cluster, [joined], state, options)), ["old-2"]);
    const tried = { ...state, blocked: new Set(["old-2"]) };
    assert.deepEqual(drained(nextStep(cluster, [joined], tried, options)), ["old-1"]);
  });

  it("ends with the nodes whose pods no waiting moves", () => {
    const never = {
      ...webBudget,
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 2,
      expectedPods: 2,
    };
    const step = nextStep(clusterWith(old.slice(0, 1), pods, [never]), [joined], state, options);
    assert.deepEqual(step.kind === "end" && step.stuck.map(({ node }) => node), ["old-1"]);
  });
});
