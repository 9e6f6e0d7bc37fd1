import assert from "node:assert/strict";
import { workerGroupProblems } from "../../../planning/podNetwork/workerGroups";
import type { WorkerGroupRequest } from "../../../planning/podNetwork/request";
import { generalGroup } from "../../support/nodeGroups";
import { without } from "../../support/without";

const ours = { "eks-pod-network.io/cluster": "small" };
const facts = {
  clusterName: "small",
  nodeGroups: [generalGroup],
  scalingGroups: [{ name: "legacy", subnetIds: ["subnet-node-a"], tags: {} }],
};
const workers: WorkerGroupRequest = { name: "pods", replaces: ["general"], instanceTypes: ["m5.large"] };
const zones = ["us-west-2a"];

const problems = (groups: readonly WorkerGroupRequest[], of = facts) =>
  workerGroupProblems(of, groups, zones).map(({ path, reason }) => `${path}: ${reason}`);

describe("worker groups against the cluster", () => {
  it("take the place of managed node groups and of Auto Scaling groups", () => {
    assert.deepEqual(problems([{ ...workers, replaces: ["general", "legacy"] }]), []);
    assert.deepEqual(workerGroupProblems(facts, [{ ...workers, replaces: ["legasy"] }], zones), [
      {
        path: "workerGroups[0].replaces[0]",
        reason: 'small has no managed node group and no Auto Scaling group "legasy".',
        fix: "Did you mean legacy? It has general, legacy.",
      },
    ]);
  });

  it("may have taken it long ago, of either kind", () => {
    const managed = { ...generalGroup, nodeGroupName: "pods-us-west-2a", tags: ours };
    const scaling = { name: "pods-us-west-2a", subnetIds: [], tags: ours };
    const like = { ...workers, like: "general" };
    assert.deepEqual(problems([like], { ...facts, nodeGroups: [managed] }), []);
    for (const group of [workers, like]) {
      assert.deepEqual(problems([group], { ...facts, nodeGroups: [], scalingGroups: [scaling] }), []);
    }
  });

  it("don't take the place of each other's old groups, nor of themselves", () => {
    const own = { ...generalGroup, nodeGroupName: "more-us-west-2a", tags: ours };
    assert.deepEqual(
      problems([workers, { ...workers, name: "more", replaces: ["general", "more-us-west-2a"] }, workers], {
        ...facts,
        nodeGroups: [generalGroup, own],
      }),
      [
        'workerGroups[1].replaces[0]: "general" is replaced by workerGroups[0].replaces[0] already.',
        'workerGroups[1].replaces[1]: "more-us-west-2a" is a worker group of this pod network itself.',
        'workerGroups[2].name: "pods" is the name of workerGroups[0] too.',
        'workerGroups[2].replaces[0]: "general" is replaced by workerGroups[1].replaces[0] already.',
      ],
    );
  });

  it("don't take names of others, unless these are taken over", () => {
    const stranger = { ...generalGroup, nodeGroupName: "pods-us-west-2a" };
    const scaling = { name: "pods-us-west-2a", subnetIds: [], tags: {} };
    const taken = { ...facts, nodeGroups: [generalGroup, stranger], scalingGroups: [scaling] };
    assert.deepEqual(problems([workers], taken), [
      'workerGroups[0].name: small has a managed node group "pods-us-west-2a" that is not of this pod network.',
      'workerGroups[0].name: small has an Auto Scaling group "pods-us-west-2a" that is not of this pod network.',
    ]);
    assert.deepEqual(workerGroupProblems(taken, [workers], zones, {}, ["pods-us-west-2a"]), []);
  });

  it("have names that EKS takes together with their zones, before anything is made", () => {
    const of = (name: string) =>
      workerGroupProblems(facts, [{ ...workers, name }], ["ap-southeast-2-akl-1a"]);
    const longest = "p".repeat(41);
    assert.deepEqual(of(longest), []);
    assert.deepEqual(of(`${longest}s`), [
      {
        path: "workerGroups[0].name",
        reason: `"${longest}s-ap-southeast-... has 64 characters; EKS takes 63.`,
        fix: "Give a shorter name.",
      },
    ]);
  });

  it("are like a group that there is", () => {
    assert.deepEqual(problems([{ ...workers, like: "general" }]), []);
    assert.deepEqual(problems([{ ...workers, like: "legacy" }]), [
      'workerGroups[0].like: small has no managed node group "legacy".',
    ]);
  });

  it("have types that can carry pods, given or copied", () => {
    const pathsOf = (group: WorkerGroupRequest) =>
      workerGroupProblems(facts, [group], zones, { maxEni: 1 }).map(({ path }) => path);
    assert.deepEqual(pathsOf(workers), ["workerGroups[0].instanceTypes[0]"]);
    assert.deepEqual(pathsOf({ ...without(workers, "instanceTypes"), like: "general" }), [
      "workerGroups[0].like",
    ]);
  });
});
