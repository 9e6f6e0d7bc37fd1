import assert from "node:assert/strict";
import type { PodDemands } from "../../../planning/preflight/podFacts";
import { planRotation } from "../../../planning/rotation/rotationPlan";
import { clusterWith, m5Large, oldNodeNamed, poolA, webPod } from "./builders";

const demands: PodDemands = {
  namespace: "shop",
  name: "web-1",
  nodeTerms: undefined,
  tolerations: [],
  claims: [],
  finalizers: [],
};
const a1 = oldNodeNamed("old-1");
const volume = {
  name: "pv-1",
  claim: "shop/data",
  nodeTerms: [
    {
      labels: [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-west-2b"] }],
      fields: [],
    },
  ],
};

/** The plan for one old node with one pod, where new workers show these labels and taints. */
function planWith(
  pod: Partial<typeof webPod>,
  own: Partial<PodDemands> = {},
  labels: Readonly<Record<string, string>> = {},
  taints: readonly { key: string; effect: string }[] = [],
) {
  const group = {
    nodeGroupName: poolA.nodeGroupName,
    instanceTypes: [m5Large.instanceType],
    capacityType: "ON_DEMAND",
    labels,
    taints,
  };
  const facts = {
    subnets: [],
    warm: {},
    places: { groups: [group], demands: [{ ...demands, ...own }], volumes: [volume] },
  };
  return planRotation(clusterWith([a1], [{ ...webPod, ...pod }]), [poolA], { maxUnavailable: 1, facts });
}

describe("pods that would find no node", () => {
  const selector = { nodeSelector: { disk: "ssd" } };
  const rows: [string, ReturnType<typeof planWith>, string | undefined][] = [
    ["ask for nothing", planWith({}), undefined],
    ["ask for a label that nobody has", planWith(selector), "it would find no node: it needs label disk=ssd"],
    ["ask for a label that new workers have", planWith(selector, {}, { disk: "ssd" }), undefined],
    [
      "ask for a label that EKS gives",
      planWith({
        nodeSelector: { "kubernetes.io/arch": "amd64", "topology.kubernetes.io/zone": "us-west-2a" },
      }),
      undefined,
    ],
    [
      "don't tolerate the new workers",
      planWith({}, {}, {}, [{ key: "team", effect: "NoSchedule" }]),
      "it would find no node: it does not tolerate team:NoSchedule",
    ],
    [
      "have a volume elsewhere",
      planWith({}, { claims: ["data"] }),
      "it would find no node that reaches its volumes: PersistentVolume pv-1 of claim shop/data asks for a node with label topology.kubernetes.io/zone=us-west-2b",
    ],
  ];
  for (const [title, { undrainable, batches, problems }, because] of rows) {
    it(`${because === undefined ? "are none that" : "stay with their node: they"} ${title}`, () => {
      assert.deepEqual(
        undrainable,
        because === undefined
          ? []
          : [{ node: "old-1", refused: [], unmovable: [{ pod: "shop/web-1", budgets: [], because }] }],
      );
      assert.equal(batches.length, because === undefined ? 1 : 0);
      assert.deepEqual(problems, []);
    });
  }

  it("are not looked for where it is not known what new workers show, which is said", () => {
    const facts = { subnets: [], warm: {}, places: undefined };
    const { undrainable, notes } = planRotation(clusterWith([a1], [{ ...webPod, ...selector }]), [poolA], {
      maxUnavailable: 1,
      facts,
    });
    assert.deepEqual(undrainable, []);
    assert.match(notes.join(), /^Not looked at: whether new workers have the labels/);
  });
});
