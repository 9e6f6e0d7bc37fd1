import assert from "node:assert/strict";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { loadBalancersIn } from "../../../automation/rotation/loadBalancers";
import type { Tools } from "../../../automation/rotation/outside";

const USED = { TargetType: "instance", VpcId: "vpc-1", LoadBalancerArns: ["arn:lb"] };
const ANSWERS: Readonly<Record<string, object>> = {
  DescribeTargetGroupsCommand: {
    TargetGroups: [
      { TargetGroupName: "web", TargetGroupArn: "arn:web", ...USED },
      { TargetGroupName: "pods", TargetGroupArn: "arn:pods", ...USED, TargetType: "ip" },
      { TargetGroupName: "elsewhere", TargetGroupArn: "arn:elsewhere", ...USED, VpcId: "vpc-2" },
      { TargetGroupName: "unused", TargetGroupArn: "arn:unused", ...USED, LoadBalancerArns: [] },
    ],
  },
  DescribeTargetHealthCommand: {
    TargetHealthDescriptions: [
      { Target: { Id: "i-1" }, TargetHealth: { State: "draining" } },
      { Target: { Id: "i-2" }, TargetHealth: { State: "healthy" } },
    ],
  },
  DescribeLoadBalancersCommand: {
    LoadBalancerDescriptions: [
      { LoadBalancerName: "classic", VPCId: "vpc-1" },
      { LoadBalancerName: "classic-elsewhere", VPCId: "vpc-2" },
    ],
  },
  DescribeInstanceHealthCommand: {
    InstanceStates: [
      {
        InstanceId: "i-1",
        State: "InService",
        Description: "Instance deregistration currently in progress.",
      },
      { InstanceId: "i-2", State: "InService", Description: "N/A" },
      {
        InstanceId: "i-3",
        State: "OutOfService",
        Description:
          "Instance has failed at least the HealthyThreshold number of health checks consecutively.",
      },
    ],
  },
  DescribeAutoScalingInstancesCommand: { AutoScalingInstances: [{ AutoScalingGroupName: "general" }] },
  DescribeAutoScalingGroupsCommand: {
    AutoScalingGroups: [{ TargetGroupARNs: ["arn:web"], LoadBalancerNames: ["classic"] }],
  },
};

function world() {
  const asked: string[] = [];
  const time = { ms: 0 };
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    asked.push(`${command.constructor.name} ${JSON.stringify(command.input)}`);
    return Promise.resolve(ANSWERS[command.constructor.name] ?? assert.fail(command.constructor.name));
  };
  const tools = {
    // Pages are asked for of no others.
    elasticLoadBalancing: Object.assign(new ElasticLoadBalancingV2Client({ region: "us-west-2" }), { send }),
    classicLoadBalancing: Object.assign(new ElasticLoadBalancingClient({ region: "us-west-2" }), { send }),
    autoScaling: { send },
    clock: { now: () => time.ms },
    signal: new AbortController().signal,
  } as object as Tools;
  return { loadBalancers: loadBalancersIn(tools, "vpc-1"), asked, time };
}

describe("the load balancers of a VPC", () => {
  it("have instances in the target groups that they use there, and Classic ones themselves", async () => {
    const { loadBalancers } = world();
    assert.deepEqual(await loadBalancers.targetGroups(), [
      {
        name: "target group web",
        id: "arn:web",
        targets: [
          { instanceId: "i-1", state: "draining" },
          { instanceId: "i-2", state: "healthy" },
        ],
      },
      {
        name: "Classic Load Balancer classic",
        id: "classic",
        targets: [
          { instanceId: "i-1", state: "draining" },
          { instanceId: "i-2", state: "healthy" },
          { instanceId: "i-3", state: "unhealthy" },
        ],
      },
    ]);
  });

  it("are asked every five seconds at most", async () => {
    const { loadBalancers, asked, time } = world();
    await loadBalancers.targetGroups();
    assert.equal(asked.length, 4);
    time.ms = 4_999;
    await loadBalancers.targetGroups();
    assert.equal(asked.length, 4);
    time.ms = 5_000;
    await loadBalancers.targetGroups();
    assert.equal(asked.length, 8);
  });

  it("are of an Auto Scaling group where it was attached to them", async () => {
    const { loadBalancers, asked } = world();
    assert.deepEqual([...(await loadBalancers.ofItsGroup("i-1"))], ["arn:web", "classic"]);
    assert.deepEqual(asked, [
      'DescribeAutoScalingInstancesCommand {"InstanceIds":["i-1"]}',
      'DescribeAutoScalingGroupsCommand {"AutoScalingGroupNames":["general"]}',
    ]);
  });
});
