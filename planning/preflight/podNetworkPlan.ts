import { checkCidrBlock } from "../cidrCheck";
import type { ClusterFacts } from "../podNetwork/clusterFacts";
import { nodeSubnets } from "../podNetwork/nodeSubnets";
import { planPodNetwork, type PodNetworkPlan } from "../podNetwork/plan";
import type { PodNetworkRequest } from "../podNetwork/request";
import { InvalidInputError, type Problem } from "../problem";
import { check } from "./check";

/** The pod network as `podnet up` would make it, or what forbids it. */
export type PlanAttempt =
  { readonly plan: PodNetworkPlan } | { readonly plan?: undefined; readonly problems: readonly Problem[] };

/** Plans the pod network that is wanted. */
export function attemptPlan(facts: ClusterFacts, wanted: PodNetworkRequest): PlanAttempt {
  try {
    return { plan: planPodNetwork(facts, wanted) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { problems: error.problems };
  }
}

/** Everything that `podnet up` would refuse once it knows the cluster; the blocks themselves are POD-CIDR's. */
export const podNetworkPlan = check(
  {
    id: "PLAN",
    level: "stop",
    about: "the pod network can be planned in the cluster as it is",
    looksAt: ["facts", "vpc", "wanted"],
  },
  ({ facts, vpc, wanted }) => {
    const attempt = attemptPlan(facts, wanted);
    if (attempt.plan !== undefined) return [];
    const isOfPodRange = wanted.podCidrs.some((cidr) => !checkCidrBlock(cidr, vpc.addressing).ok);
    return attempt.problems
      .filter(({ path }) => !(isOfPodRange && /^podCidrs\b/.test(path)))
      .map(({ path, reason, fix }) => ({
        title: `the pod network can't be made: ${path}`,
        evidence: [reason],
        wayOut: fix,
      }));
  },
);

/** Route tables that the pods of each zone leave it by: those that are planned, else those of the zone's nodes. */
export function podRouteTables(
  facts: ClusterFacts,
  wanted: PodNetworkRequest,
): { readonly availabilityZone: string; readonly routeTableId: string }[] {
  const { plan } = attemptPlan(facts, wanted);
  const places = plan?.podSubnets ?? nodeSubnets(facts);
  return places.flatMap(({ availabilityZone, routeTableId }) =>
    routeTableId === undefined ? [] : [{ availabilityZone, routeTableId }],
  );
}
