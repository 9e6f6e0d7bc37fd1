import assert from "node:assert/strict";
import { patchedContainers } from "../../../planning/awsNode/daemonSetPatch";
import { effectiveEnvProblems } from "../../../planning/awsNode/effectiveEnv";
import type { LiveDaemonSet } from "../../../planning/awsNode/liveDaemonSet";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";
import { problemsOf } from "../../support/problems";

const nothing = { env: {}, initEnv: {} };

function withContainers(
  ...containers: LiveDaemonSet["spec"]["template"]["spec"]["containers"]
): LiveDaemonSet {
  return { metadata: {}, spec: { template: { spec: { containers } } } };
}

describe("the patch of a self-managed aws-node", () => {
  it("names every live entry in live order, then the new ones, and leaves empty values out as Kubernetes does", () => {
    const valueFrom = { fieldRef: { fieldPath: "spec.nodeName" } };
    const live = awsNodeDaemonSet({
      env: [
        { name: "B", value: "1" },
        { name: "MY_NODE_NAME", valueFrom },
        { name: "A", value: "" },
        { name: "C" },
      ],
      initEnv: entries({ I: "1" }),
    });
    assert.deepEqual(patchedContainers(live, { env: { NEW: "x", B: "2" }, initEnv: { I: "2" } }), {
      containers: [
        {
          name: "aws-node",
          env: [
            { name: "B", value: "2" },
            { name: "MY_NODE_NAME", valueFrom },
            { name: "A" },
            { name: "C" },
            { name: "NEW", value: "x" },
          ],
        },
      ],
      initContainers: [{ name: "aws-vpc-cni-init", env: [{ name: "I", value: "2" }] }],
    });
  });

  it("names the containers before aws-node, whose places count", () => {
    const live = withContainers({ name: "sidecar" }, { name: "aws-node", env: [] }, { name: "agent" });
    assert.deepEqual(patchedContainers(live, { env: { A: "1" }, initEnv: {} }), {
      containers: [{ name: "sidecar" }, { name: "aws-node", env: [{ name: "A", value: "1" }] }],
    });
  });

  it("can't be where a container is missing, a variable is twice there, or comes from elsewhere", () => {
    assert.deepEqual(
      problemsOf(() =>
        patchedContainers(withContainers({ name: "agent" }), { env: {}, initEnv: { I: "1" } }),
      ).map(({ path, reason }) => [path, reason]),
      [
        ["daemonset/aws-node.containers", "there is no container aws-node."],
        ["daemonset/aws-node.initContainers", "there is no container aws-vpc-cni-init."],
      ],
    );
    const twice = awsNodeDaemonSet({ env: [...entries({ A: "1" }), ...entries({ A: "2" })] });
    assert.deepEqual(
      problemsOf(() => patchedContainers(twice, nothing)).map(({ path }) => path),
      ["daemonset/aws-node.aws-node.A"],
    );
    const elsewhere = awsNodeDaemonSet({ initEnv: [{ name: "I", valueFrom: {} }] });
    assert.deepEqual(
      problemsOf(() => patchedContainers(elsewhere, { env: {}, initEnv: { I: "1" } })).map(
        ({ path }) => path,
      ),
      ["initEnv.I"],
    );
  });
});

describe("the environment in force", () => {
  const live = awsNodeDaemonSet({
    env: [...entries({ A: "1", B: "2" }), { name: "C" }, { name: "D", valueFrom: {} }],
    initEnv: entries({ I: "1" }),
    heldBy: { eks: ["A"], "kubectl-edit": ["B"] },
  });

  it("is as it was asked for", () => {
    assert.deepEqual(
      effectiveEnvProblems(live, { env: { A: "1", C: "", GONE: "" }, initEnv: { I: "1" } }),
      [],
    );
  });

  it("is not, and says what it is, and whose", () => {
    assert.deepEqual(
      effectiveEnvProblems(live, { env: { B: "3", D: "1", E: "1" }, initEnv: { I: "2" } }).map(
        ({ path, reason }) => [path, reason],
      ),
      [
        ["env.B", '"3" was asked for, and aws-node has "2", which the field manager kubectl-edit holds.'],
        ["env.D", '"1" was asked for, and aws-node has one from elsewhere (valueFrom).'],
        ["env.E", '"1" was asked for, and aws-node has none.'],
        ["initEnv.I", '"2" was asked for, and aws-vpc-cni-init has "1".'],
      ],
    );
  });
});
