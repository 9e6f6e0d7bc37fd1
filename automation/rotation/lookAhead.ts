import type { Problem } from "../../planning/problem";
import type { HomelessPods } from "../../planning/rotation/homelessPods";
import { oldNodes } from "../../planning/rotation/oldNodes";
import { homelessIn, planRotation, type RotationPlan } from "../../planning/rotation/rotationPlan";
import type { WorkerPool } from "../../planning/rotation/surge";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { RotationGoal } from "./goal";
import { marksOf } from "./nodeMarks";
import type { Observed } from "./observe";
import type { Tools } from "./outside";
import { observePools } from "./pools";
import { readPlanFacts } from "./readPlanFacts";
import type { RotationOptions } from "./rotationOptions";
import type { RotationRecord } from "./record";
import { readRestartable } from "./singleReplicas";

/** A cluster with what is planned for it. */
export interface LookAhead {
  readonly observed: Observed;
  readonly pools: readonly WorkerPool[];
  readonly plan: RotationPlan;
  /** Pods that would find no other node, and so are left where they are. */
  readonly homeless: HomelessPods;
}

/**
 * Plans the rotation of a cluster as it is at this moment.
 *
 * @param begun a run that goes on: nodes that joined during it are none of those to be rotated, and workers come as it
 *   planned them. @default none does
 */
export async function lookAhead(
  tools: Tools,
  { clusterName }: Pick<PodNetworkOutputs, "clusterName">,
  { sources }: RotationGoal,
  observed: Observed,
  options: RotationOptions,
  begun?: Pick<RotationRecord, "newestNodeAtMs" | "bases">,
): Promise<LookAhead> {
  const { newestNodeAtMs = Infinity, bases = {} } = begun ?? {};
  const pools = await observePools(tools, clusterName, sources, observed);
  const started = new Set(
    observed.nodes.filter(({ annotations }) => marksOf(annotations) !== undefined).map(({ name }) => name),
  );
  const newcomers = new Set(
    oldNodes(observed)
      .filter(({ node }) => node.createdAtMs > newestNodeAtMs)
      .map(({ node }) => node),
  );
  const cluster = { ...observed, nodes: observed.nodes.filter((node) => !newcomers.has(node)) };
  const old = oldNodes(cluster);
  // On the way back workers have addresses for pods of their node subnets, which is another reckoning.
  const isLookedAt = old.length > 0 && observed.target.wayBack === undefined;
  const facts = isLookedAt ? await readPlanFacts(tools, clusterName, pools, observed) : undefined;
  const restarted = options.restartSingleReplicas
    ? new Set((await readRestartable(tools.kubernetes, observed.pods)).keys())
    : undefined;
  const plan = planRotation(cluster, pools, {
    ...options,
    ...{ restarted, started, facts },
    begun: new Map(Object.entries(bases)),
  });
  return {
    observed,
    pools,
    plan: { ...plan, problems: [...cniProblems(observed, plan), ...plan.problems] },
    homeless: homelessIn(cluster, pools, old, { ...options, facts }),
  };
}

/** While the CNI makes nodes of the old kind, each new worker would be old. */
function cniProblems({ awsNode, target }: Observed, { old }: RotationPlan): Problem[] {
  if (old.length === 0) return [];
  if (target.wayBack !== undefined) return awsNode.customNetworking ? [STILL_ON] : [];
  if (awsNode.customNetworking) return [];
  return [
    {
      path: "daemonset kube-system/aws-node",
      reason: "does not run with AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true, so new nodes would be old again.",
      fix: "Run podnet up, and look who else sets it.",
    },
  ];
}

const STILL_ON: Problem = {
  path: "daemonset kube-system/aws-node",
  reason:
    "runs with AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true, so new workers would have pods in the pod subnets again.",
  fix: "Run podnet rollback, which sets it back, and look who else sets it.",
};
