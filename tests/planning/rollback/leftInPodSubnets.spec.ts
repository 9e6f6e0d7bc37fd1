import assert from "node:assert/strict";
import { fargateProblems, leftInPodSubnets } from "../../../planning/rollback/leftInPodSubnets";
import { oldReasons } from "../../../planning/rotation/oldNode";
import type { ClusterNode, Observation } from "../../../planning/rotation/observation";
import { planRotation } from "../../../planning/rotation/rotationPlan";
import { cleanPrimary, newNode, podEni, target, webPod } from "../rotation/builders";

const wayBack = { ...target, wayBack: { leavingGroups: ["workers-us-west-2a"] } };
const oldEni = { ...podEni, subnetId: "subnet-nodes-a" };
const back: ClusterNode = {
  ...newNode,
  owner: { kind: "managedNodeGroup", name: "general" },
  enis: [{ ...cleanPrimary, secondaryAddresses: ["10.8.0.9"] }, oldEni],
  allocatable: { ...newNode.allocatable, pods: 110 },
};
const podAt = (address: string) => ({ ...webPod, nodeName: back.name, address });
const observation = (given: Partial<Observation>): Observation => ({
  nodes: [back],
  pods: [podAt("10.8.0.9")],
  budgets: [],
  target: wayBack,
  ...given,
});
const clauses = (node: ClusterNode, pods = [podAt("10.8.0.9")]) =>
  oldReasons(node, pods, wayBack).map(({ clause }) => clause);

describe("on the way back, a node", () => {
  it("may stay with addresses of the nodes' subnets, whatever else it has", () => {
    assert.deepEqual(clauses(back), []);
  });

  it("has to go with anything of the pod subnets, or with its group", () => {
    assert.deepEqual(clauses({ ...back, enis: [cleanPrimary, podEni] }), ["eniInPodSubnet"]);
    assert.deepEqual(clauses(back, [podAt("100.64.0.9")]), ["podInPodSubnet"]);
    assert.deepEqual(clauses({ ...back, owner: newNode.owner }), ["groupLeaves"]);
    assert.deepEqual(clauses({ ...back, owner: { kind: "autoScalingGroup", name: "workers-us-west-2a" } }), [
      "groupLeaves",
    ]);
  });

  it("is none of ours on Fargate, whose pods are named", () => {
    const fargate = { ...back, owner: { kind: "fargate" as const } };
    assert.deepEqual(oldReasons(fargate, [podAt("100.64.0.9")], wayBack), []);
    const [problem] = fargateProblems(observation({ nodes: [fargate], pods: [podAt("100.64.0.9")] }));
    assert.match(problem?.reason ?? "", /^shop\/web-1 run on Fargate/);
    assert.deepEqual(fargateProblems(observation({ pods: [podAt("100.64.0.9")] })), []);
  });
});

describe("the pod subnets", () => {
  it("may go once no node and no pod has anything of them", () => {
    assert.deepEqual(leftInPodSubnets(observation({})), []);
  });

  it("stay for a node, and for a pod, but not for one whose node is gone", () => {
    const paths = (given: Partial<Observation>) =>
      leftInPodSubnets(observation(given)).map(({ path }) => path);
    assert.deepEqual(paths({ nodes: [{ ...back, enis: [cleanPrimary, podEni] }] }), ["nodes"]);
    const fargate = { ...back, owner: { kind: "fargate" as const } };
    assert.deepEqual(paths({ nodes: [fargate], pods: [podAt("100.64.0.9")] }), ["pods"]);
    assert.deepEqual(paths({ pods: [{ ...podAt("100.64.0.9"), nodeName: "gone" }] }), []);
  });
});

describe("the plan of a way back", () => {
  const leaving = { ...newNode, owner: { kind: "managedNodeGroup" as const, name: "workers-us-west-2a" } };

  it("names a node whose pods no old group takes back", () => {
    const { problems } = planRotation(observation({ nodes: [leaving], pods: [] }), [], { maxUnavailable: 1 });
    assert.deepEqual(
      problems.map(({ path, reason }) => [path, reason]),
      [
        [
          "nodes.new-1",
          "is to be left and belongs to managed node group workers-us-west-2a; no old group of us-west-2a takes its pods back.",
        ],
      ],
    );
  });
});
