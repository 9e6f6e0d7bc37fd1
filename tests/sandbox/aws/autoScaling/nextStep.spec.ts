import assert from "node:assert/strict";
import { nextStep } from "../../../../sandbox/aws/autoScaling/nextStep";
import type { GroupInstance, ScalingGroup } from "../../../../sandbox/aws/autoScaling/scalingGroup";

describe("the next step of an Auto Scaling group", () => {
  const template = { id: "lt-1", name: "one", version: "1" };
  const inZones = (zones: string, more: Partial<GroupInstance> = {}): GroupInstance[] =>
    zones.split(" ").map((zone, index) => ({
      instanceId: `i-${zone}${index}`,
      instanceType: "m5.large",
      availabilityZone: zone,
      launchTemplate: template,
      launchedAt: index,
      lifecycleState: "InService",
      protectedFromScaleIn: false,
      ...more,
    }));
  const group = (
    desiredCapacity: number,
    instances: GroupInstance[],
    suspended: string[] = [],
  ): ScalingGroup => ({
    name: "one",
    arn: "arn",
    createdAt: 0,
    minSize: 0,
    maxSize: 10,
    desiredCapacity,
    subnets: ["a", "b", "c"].map((zone) => ({ subnetId: `subnet-${zone}`, availabilityZone: zone })),
    launchTemplate: template,
    instanceTypes: [],
    distribution: {
      OnDemandAllocationStrategy: "prioritized",
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: "lowest-price",
    },
    settings: {
      CapacityRebalance: false,
      DefaultCooldown: 300,
      HealthCheckType: "EC2",
      HealthCheckGracePeriod: 0,
    },
    newInstancesProtected: false,
    tags: [],
    suspended: new Set(suspended),
    hooks: new Map(),
    scheduled: new Map(),
    instances,
    activities: [],
    deleting: false,
  });
  const summary = (of: ScalingGroup) => {
    const step = nextStep(of);
    if (step === undefined) return "nothing";
    const zones = step.kind === "terminate" ? "" : step.subnets.map((one) => one.availabilityZone).join("");
    const instance = step.kind === "launch" ? "" : step.instance.instanceId;
    return `${step.kind} ${zones}${instance}`;
  };

  const rows: [string, ScalingGroup, string][] = [
    ["launches in the emptiest zone, the others being next in line", group(3, inZones("a b")), "launch cab"],
    ["does nothing at its size", group(3, inZones("a b c")), "nothing"],
    ["launches nothing while Launch is suspended", group(3, inZones("a b"), ["Launch"]), "nothing"],
    ["terminates the oldest of the fullest zone", group(3, inZones("c b a b")), "terminate i-b1"],
    ["terminates nothing while Terminate is suspended", group(0, inZones("a"), ["Terminate"]), "nothing"],
    ["terminates no protected instance", group(0, inZones("a", { protectedFromScaleIn: true })), "nothing"],
    ["leaves zones that differ by one", group(4, inZones("a b c a")), "nothing"],
    ["rebalances zones that differ by two", group(4, inZones("a a a b")), "rebalance ci-a0"],
    ["leaves them while AZRebalance is suspended", group(4, inZones("a a a b"), ["AZRebalance"]), "nothing"],
    [
      "counts one that waits to go into service",
      group(1, inZones("a", { lifecycleState: "Pending:Wait" })),
      "nothing",
    ],
    [
      "replaces one that waits to be terminated",
      group(1, inZones("a", { lifecycleState: "Terminating:Wait" })),
      "launch abc",
    ],
    [
      "replaces one that is terminating",
      group(1, inZones("a", { lifecycleState: "Terminating" })),
      "launch abc",
    ],
  ];
  for (const [title, given, expected] of rows) {
    it(title, () => {
      assert.ok(summary(given).startsWith(expected), summary(given));
    });
  }
});
