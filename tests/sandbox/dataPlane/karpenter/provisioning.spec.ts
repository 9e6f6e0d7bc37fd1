import assert from "node:assert/strict";
import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import type { Ec2NodeClass, NodePool } from "../../../../sandbox/dataPlane/karpenter/objects";
import { labelsOf, planClaims, type Situation } from "../../../../sandbox/dataPlane/karpenter/provisioning";
import { capacityOf } from "../../../../sandbox/dataPlane/karpenter/capacity";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";

const nodeClass: Ec2NodeClass = {
  metadata: { name: "default" },
  spec: { subnetSelectorTerms: [], securityGroupSelectorTerms: [], amiSelectorTerms: [] },
};

function pool(
  name: string,
  given: Partial<NodePool["spec"]["template"]["spec"]> = {},
  weight?: number,
): NodePool {
  const requirements = [
    { key: "node.kubernetes.io/instance-type", operator: "In", values: ["m5.large", "m5.xlarge"] },
  ];
  const nodeClassRef = { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default" };
  return {
    metadata: { name },
    spec: {
      template: { spec: { nodeClassRef, requirements, ...given } },
      ...(weight === undefined ? {} : { weight }),
    },
  };
}

function pods(count: number, cpu: string, given: Partial<V1PodSpec> = {}): V1Pod[] {
  const containers = [{ name: "main", resources: { requests: { cpu } } }];
  return Array.from({ length: count }, () => ({ spec: { containers, ...given } }));
}

/** The plan as `pool type zone` lines. */
function planned(given: Partial<Situation>): string[] {
  const plans = planClaims({
    pods: [],
    pools: [pool("default")],
    nodeClasses: new Map([["default", nodeClass]]),
    zones: new Map([["default", ["us-west-2a", "us-west-2b"]]]),
    coming: [],
    nodesIn: () => 0,
    limits: ["m5.large", "m5.xlarge", "t3.small"].map(limitsOf),
    reservedEnis: 1,
    ...given,
  });
  return plans.map((plan) => `${plan.pool.metadata.name ?? ""} ${plan.instanceType} ${plan.zone}`);
}

describe("nodes that Karpenter plans", () => {
  it("are none while no pod waits", () => {
    assert.deepEqual(planned({}), []);
  });

  it("are as few of the smallest fitting type as hold the pods, in the zones with the fewest nodes", () => {
    assert.deepEqual(planned({ pods: pods(3, "500m") }), ["default m5.large us-west-2a"]);
    assert.deepEqual(planned({ pods: pods(4, "500m") }), [
      "default m5.large us-west-2a",
      "default m5.large us-west-2b",
    ]);
    assert.deepEqual(planned({ pods: pods(1, "3") }), ["default m5.xlarge us-west-2a"]);
    const nodesIn = (_: string, zone: string) => (zone === "us-west-2a" ? 2 : 1);
    assert.deepEqual(planned({ pods: pods(1, "1"), nodesIn }), ["default m5.large us-west-2b"]);
  });

  it("are more where reserved ENIs leave fewer places for pods", () => {
    assert.equal(planned({ pods: pods(26, "1m"), reservedEnis: 0 }).length, 1);
    assert.equal(planned({ pods: pods(26, "1m"), reservedEnis: 1 }).length, 2);
  });

  it("are none for pods that a node on its way has room for", () => {
    const limits = limitsOf("m5.large");
    const labels = labelsOf("default", "default", limits, "us-west-2a");
    const coming = [{ pool: "default", labels, capacity: capacityOf(limits, 20) }];
    assert.deepEqual(planned({ pods: pods(3, "500m"), coming }), []);
    assert.deepEqual(planned({ pods: pods(4, "500m"), coming }), ["default m5.large us-west-2a"]);
    const nodeSelector = { "topology.kubernetes.io/zone": "us-west-2b" };
    assert.deepEqual(planned({ pods: pods(1, "500m", { nodeSelector }), coming }), [
      "default m5.large us-west-2b",
    ]);
  });

  it("are of a pool whose taints the pods tolerate, the heaviest first", () => {
    const tainted = pool("batch", { taints: [{ key: "batch", effect: "NoSchedule" }] }, 10);
    const pools = [pool("default"), tainted];
    assert.deepEqual(planned({ pools, pods: pods(1, "1") }), ["default m5.large us-west-2a"]);
    const tolerations = [{ key: "batch", operator: "Exists" }];
    assert.deepEqual(planned({ pools, pods: pods(1, "1", { tolerations }) }), ["batch m5.large us-west-2a"]);
  });

  it("are none where nothing fits: a type, a zone or a class that is not there", () => {
    assert.deepEqual(planned({ pods: pods(1, "64") }), []);
    const nodeSelector = { "topology.kubernetes.io/zone": "us-west-2d" };
    assert.deepEqual(planned({ pods: pods(1, "1", { nodeSelector }) }), []);
    assert.deepEqual(planned({ pods: pods(1, "1"), nodeClasses: new Map() }), []);
  });
});
