import { likelyName } from "../nearestNames";
import type { NodeGroupFacts } from "../podNetwork/clusterFacts";
import { nodeGroupName } from "../podNetwork/workerGroups";
import { InvalidInputError, shown, type Problem } from "../problem";
import type { ClusterCoordinates } from "../userData/nodeSettings";
import type { WorkerSource } from "./copiedSettings";
import { planWorkers, type WorkerPlan } from "./planWorkers";
import { zonalLabels } from "./workerLabels";
import type { WorkerRequest } from "./workerRequest";
import { workerUserData } from "./workerUserData";
import { strangerProblems, type WorkerZone } from "./zoneProblems";

/** Workers that are asked for, and what the cluster has of them. */
export interface WorkersInCluster {
  readonly clusterName: string;
  readonly groupName: string;
  readonly zones: readonly WorkerZone[];
  /** Names of all managed node groups of the cluster. */
  readonly names: readonly string[];
  /** Managed node groups with the names of these workers, by their zones. */
  readonly groups: ReadonlyMap<string, NodeGroupFacts>;
  /** The group of `like`; none where there is none. */
  readonly like?: NodeGroupFacts;
  /** Where the cluster is, for nodes with an image of one's own. */
  readonly cluster?: ClusterCoordinates;
}

/** The group of one zone. */
export interface ZonalPlan extends WorkerPlan {
  readonly availabilityZone: string;
  readonly nodeGroupName: string;
  readonly isAdopted: boolean;
  /** How many nodes it wants at this moment; only of one that exists. */
  readonly desiredSize?: number;
  /** Where EKS writes none. */
  readonly userData?: string;
}

/** The groups of some workers, or what forbids them. */
export interface ZonalPlanning {
  readonly zones: readonly ZonalPlan[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * Plans the group of each zone.
 *
 * What is not given is taken from the zone's own group, else from that of another zone, else from the group of `like`:
 * so workers are planned the same again when the old group changed since, or is gone.
 */
export function zonalPlans(request: WorkerRequest, workers: WorkersInCluster): ZonalPlanning {
  const { clusterName, groupName, zones, groups, like } = workers;
  const names = zones.map(({ availabilityZone }) => availabilityZone);
  const missing = missingLikeProblems(request, workers);
  if (missing.length > 0) return { zones: [], problems: missing, notes: [] };

  // Zones that are given nothing are as those that exist.
  const isLike = request.like !== undefined || zones.some(({ isAdopted }) => isAdopted);
  const planned = zones.map(({ availabilityZone, isAdopted }) => {
    const own = groups.get(availabilityZone);
    const { plan, problems, notes } = planWorkers(
      request,
      names,
      isLike ? sourceOf(own ?? [...groups.values()][0], like) : undefined,
    );
    const labels = zonalLabels(plan.labels, request.eniConfig, availabilityZone);
    const zone = {
      ...plan,
      labels,
      availabilityZone,
      nodeGroupName: nodeGroupName(groupName, availabilityZone),
      isAdopted,
      ...(own !== undefined && { desiredSize: own.desiredSize }),
    };
    const written = problems.length > 0 ? { problems: [] } : userDataOf(request, zone, workers);
    return { zone: { ...zone, ...written.userData }, problems: [...problems, ...written.problems], notes };
  });
  return {
    zones: planned.map(({ zone }) => zone),
    problems: distinct([
      ...strangerProblems(clusterName, zones, groups),
      ...planned.flatMap(({ problems }) => problems),
    ]),
    notes: [...new Set(planned.flatMap(({ notes }) => notes))],
  };
}

function sourceOf(
  own: NodeGroupFacts | undefined,
  like: NodeGroupFacts | undefined,
): WorkerSource | undefined {
  if (own !== undefined) return { group: own, isOwn: true };
  return like === undefined ? undefined : { group: like, isOwn: false };
}

function missingLikeProblems(
  request: WorkerRequest,
  { clusterName, names, groups, like }: WorkersInCluster,
): Problem[] {
  if (request.like === undefined || like !== undefined || groups.size > 0) return [];
  const meant = likelyName(request.like, names);
  return [
    {
      path: "like",
      reason: `${clusterName} has no managed node group ${shown(request.like)}.`,
      fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}It has ${[...names].sort().join(", ") || "none"}.`,
    },
  ];
}

function userDataOf(
  request: WorkerRequest,
  zone: ZonalPlan,
  { clusterName, cluster }: WorkersInCluster,
): { readonly userData?: { readonly userData: string }; readonly problems: readonly Problem[] } {
  if (cluster === undefined) return { problems: [] };
  try {
    const userData = workerUserData(request, zone, { ...zone, clusterName, cluster });
    return { ...(userData !== undefined && { userData: { userData } }), problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { problems: error.problems };
  }
}

/** A problem of all zones is said once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ path, reason }, index) =>
      problems.findIndex((other) => other.path === path && other.reason === reason) === index,
  );
}
