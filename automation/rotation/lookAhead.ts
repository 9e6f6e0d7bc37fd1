import type { Problem } from "../../planning/problem";
import { oldNodes } from "../../planning/rotation/oldNodes";
import { planRotation, type RotationPlan } from "../../planning/rotation/rotationPlan";
import type { WorkerPool } from "../../planning/rotation/surge";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { marksOf } from "./nodeMarks";
import type { Observed } from "./observe";
import type { Tools } from "./outside";
import { observePools } from "./pools";
import type { RotationOptions } from "./rotationOptions";

/** A cluster with what is planned for it. */
export interface LookAhead {
  readonly observed: Observed;
  readonly pools: readonly WorkerPool[];
  readonly plan: RotationPlan;
}

/**
 * Plans the rotation of a cluster as it is at this moment.
 *
 * @param newestNodeAtMs of a run that goes on: nodes that joined during it are none of those to be rotated. @default none
 */
export async function lookAhead(
  tools: Tools,
  outputs: PodNetworkOutputs,
  observed: Observed,
  { maxUnavailable, force }: RotationOptions,
  newestNodeAtMs = Infinity,
): Promise<LookAhead> {
  const pools = await observePools(tools, outputs, observed);
  const started = new Set(
    observed.nodes.filter(({ annotations }) => marksOf(annotations) !== undefined).map(({ name }) => name),
  );
  const newcomers = new Set(
    oldNodes(observed)
      .filter(({ node }) => node.createdAtMs > newestNodeAtMs)
      .map(({ node }) => node),
  );
  const nodes = observed.nodes.filter((node) => !newcomers.has(node));
  const plan = planRotation({ ...observed, nodes }, pools, { maxUnavailable, force, started });
  return { observed, pools, plan: { ...plan, problems: [...cniProblems(observed, plan), ...plan.problems] } };
}

/** While the CNI makes nodes of the old kind, each new worker would be old. */
function cniProblems({ awsNode }: Observed, { old }: RotationPlan): Problem[] {
  if (awsNode.customNetworking || old.length === 0) return [];
  return [
    {
      path: "daemonset kube-system/aws-node",
      reason: "does not run with AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true, so new nodes would be old again.",
      fix: "Run podnet up, and look who else sets it.",
    },
  ];
}
