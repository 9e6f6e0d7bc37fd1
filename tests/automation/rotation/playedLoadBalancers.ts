import type { LoadBalancers } from "../../../automation/rotation/loadBalancers";
import type { TargetGroup } from "../../../planning/rotation/targetGroups";

/** Load balancers that have these target groups. @param ofItsGroup ARNs of those of every instance's Auto Scaling group. */
export function playedLoadBalancers(
  targetGroups: () => readonly TargetGroup[],
  ofItsGroup: readonly string[] = [],
): LoadBalancers {
  return {
    targetGroups: () => Promise.resolve(targetGroups()),
    ofItsGroup: () => Promise.resolve(new Set(ofItsGroup)),
  };
}

/** A VPC without load balancers. */
export const noLoadBalancers = playedLoadBalancers(() => []);
