import type { PodNetworkPlan } from "../planning/podNetwork/plan";
import { podSubnetProblems } from "../planning/podNetwork/podSubnetProblems";
import { PodEgress, surroundingProblems } from "../planning/podNetwork/podSubnetsRequest";
import { nodeGroupName } from "../planning/podNetwork/workerGroups";
import type { Problem } from "../planning/problem";
import type { PodNetworkArgs } from "./podNetworkArgs";
import { settingsProblems } from "./workers/problemsNow";

/**
 * What the parts of a pod network would refuse by themselves, at paths of the pod network: a part says it when the ones
 * before are on their way already.
 *
 * @param plan undefined where there is none, because something else forbids it.
 */
export function partProblems(args: PodNetworkArgs, plan: PodNetworkPlan | undefined): Problem[] {
  const { tags = {}, egress = PodEgress.Nodes, publicSubnetIds = {}, fargateProfile } = args;
  const surroundings = {
    egress,
    tags,
    publicSubnetZones: Object.keys(publicSubnetIds),
    ...(fargateProfile && { fargateProfile }),
  };
  return [
    ...surroundingProblems(
      surroundings,
      plan?.podSubnets.map(({ availabilityZone }) => availabilityZone),
    ),
    ...reservationProblems(args, plan),
    ...workerProblems(args, plan),
  ];
}

/** The plan has places enough; what remains are those that are too small for a prefix. */
function reservationProblems(
  { prefixReservations = false }: PodNetworkArgs,
  plan?: PodNetworkPlan,
): Problem[] {
  if (!prefixReservations || plan === undefined) return [];
  const [problem] = podSubnetProblems(plan.podSubnets, prefixReservations);
  return problem === undefined ? [] : [{ ...problem, path: "prefixReservations" }];
}

function workerProblems(
  { clusterName, workerGroups = [], adopt, zones: given = [] }: PodNetworkArgs,
  plan: PodNetworkPlan | undefined,
): Problem[] {
  return workerGroups.flatMap((group, index) => {
    const { name } = group;
    const path = `workerGroups[${index}]`;
    const zones = plan?.workerGroups[index]?.zones.map(({ availabilityZone }) => availabilityZone) ?? given;
    const isAdopted = (zone: string) => adopt?.nodeGroups?.includes(nodeGroupName(name, zone)) === true;
    const wanted = {
      ...group,
      clusterName,
      groupName: name,
      zones: zones.map((zone) => ({ availabilityZone: zone, subnetIds: [], adopt: isAdopted(zone) })),
    };
    return settingsProblems(wanted, zones).map((problem) => ({
      ...problem,
      path: `${path}.${problem.path}`,
    }));
  });
}
