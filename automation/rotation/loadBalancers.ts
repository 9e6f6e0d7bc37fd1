import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstanceHealthCommand,
  paginateDescribeLoadBalancers,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  DescribeTargetHealthCommand,
  paginateDescribeTargetGroups,
  TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Target, TargetGroup } from "../../planning/rotation/targetGroups";
import type { Tools } from "./outside";

/**
 * How a Classic Load Balancer describes an instance whose connections it drains
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html).
 */
const DEREGISTERING = /deregistration currently in progress/i;

/** What load balancers have of the nodes of a cluster. */
export interface LoadBalancers {
  /** The target groups of instances that a load balancer uses, and Classic ones, as they were a few seconds ago at most. */
  targetGroups(): Promise<readonly TargetGroup[]>;
  /**
   * Those of an instance's Auto Scaling group, by their ids: it takes an instance that it ends out of them itself, and
   * waits for their deregistration delay
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html).
   */
  ofItsGroup(instanceId: string): Promise<ReadonlySet<string>>;
}

/** Load balancers are asked no more often than this; there is a request for each target group. */
const ASKED_EVERY_MS = 5_000;
/** Target groups that are asked about at once. */
const AT_ONCE = 8;

/**
 * Looks at the load balancers of a VPC, and changes nothing of them: who registered a node takes it out, by its label.
 *
 * Targets that are addresses of pods are no matter of nodes.
 *
 * Needs elasticloadbalancing:DescribeTargetGroups, elasticloadbalancing:DescribeTargetHealth,
 * elasticloadbalancing:DescribeLoadBalancers, elasticloadbalancing:DescribeInstanceHealth, autoscaling:DescribeAutoScalingInstances, autoscaling:DescribeAutoScalingGroups.
 */
export function loadBalancersIn(
  { elasticLoadBalancing: client, classicLoadBalancing: classic, autoScaling, clock, signal }: Tools,
  vpcId: string,
): LoadBalancers {
  let last: { readonly atMs: number; readonly groups: readonly TargetGroup[] } | undefined;
  const ask = async (): Promise<TargetGroup[]> => {
    const reads: (() => Promise<TargetGroup>)[] = [];
    const options = { abortSignal: signal };
    for await (const { TargetGroups = [] } of paginateDescribeTargetGroups({ client }, {}, options)) {
      for (const { TargetGroupName: name = "", TargetGroupArn: id = "", ...group } of TargetGroups) {
        const isUsed = (group.LoadBalancerArns ?? []).length > 0;
        if (group.TargetType !== TargetTypeEnum.INSTANCE || group.VpcId !== vpcId || !isUsed) continue;
        reads.push(async () => ({ name: `target group ${name}`, id, targets: await targetsOf(id) }));
      }
    }
    for await (const { LoadBalancerDescriptions = [] } of paginateDescribeLoadBalancers(
      { client: classic },
      {},
      options,
    )) {
      for (const { LoadBalancerName: id = "", VPCId } of LoadBalancerDescriptions) {
        if (VPCId !== vpcId) continue;
        reads.push(async () => ({
          name: `Classic Load Balancer ${id}`,
          id,
          targets: await instancesOf(id),
        }));
      }
    }
    const groups: TargetGroup[] = [];
    for (let from = 0; from < reads.length; from += AT_ONCE) {
      groups.push(...(await Promise.all(reads.slice(from, from + AT_ONCE).map((read) => read()))));
    }
    return groups;
  };
  const targetsOf = async (TargetGroupArn: string): Promise<Target[]> => {
    const { TargetHealthDescriptions = [] } = await client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn }),
      { abortSignal: signal },
    );
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      instanceId: Target?.Id ?? "",
      state: TargetHealth?.State ?? "",
    }));
  };
  const instancesOf = async (LoadBalancerName: string): Promise<Target[]> => {
    const { InstanceStates = [] } = await classic.send(
      new DescribeInstanceHealthCommand({ LoadBalancerName }),
      { abortSignal: signal },
    );
    return InstanceStates.map(({ InstanceId: instanceId = "", State, Description = "" }) => ({
      instanceId,
      state: DEREGISTERING.test(Description) ? "draining" : State === "InService" ? "healthy" : "unhealthy",
    }));
  };
  return {
    targetGroups: async () => {
      if (last === undefined || clock.now() - last.atMs >= ASKED_EVERY_MS) {
        const groups = await ask();
        last = { atMs: clock.now(), groups };
      }
      return last.groups;
    },
    ofItsGroup: async (instanceId) => {
      const { AutoScalingInstances = [] } = await autoScaling.send(
        new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
        { abortSignal: signal },
      );
      const names = AutoScalingInstances.flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []);
      if (names.length === 0) return new Set();
      const { AutoScalingGroups = [] } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names }),
        { abortSignal: signal },
      );
      return new Set(
        AutoScalingGroups.flatMap(({ TargetGroupARNs = [], LoadBalancerNames = [] }) => [
          ...TargetGroupARNs,
          ...LoadBalancerNames,
        ]),
      );
    },
  };
}
