import { liveDrift, type LiveDrift } from "../../planning/liveDrift";
import type { ResourceChange } from "../../planning/stack/resourceChange";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import type { ClusterOutside } from "../connect";
import type { Environment } from "../environments";
import { connectKubernetes } from "../kubernetes";
import { podNetworkOutputs } from "../podNetworkOutputs";
import { preflightRequest } from "../preflight/preflightRequest";
import { preview } from "../preview";
import type { StackEvent } from "../pulumiEvents";
import { observer } from "../rotation/observe";
import { openExistingStack, type StackOptions } from "../stack";

/** What of an environment is not as its stack says. */
export interface Drift {
  readonly isDrifted: boolean;
  /** What the next update would change, Pulumi's own bookkeeping left out. */
  readonly changes: readonly ResourceChange[];
  /** What differs where Pulumi does not look. */
  readonly live: readonly LiveDrift[];
}

/** The outside of looking for drift. */
export interface DriftOutside extends ClusterOutside {
  readonly onEvent: (event: StackEvent) => void;
}

/**
 * Holds an environment against its stack: what the next update would change, once Pulumi has asked AWS and the cluster how
 * everything is, and what of the live cluster Pulumi does not see. Changes nothing.
 *
 * The sizes of worker groups are nobody's drift: autoscalers change them.
 *
 * @throws PulumiError, MissingOutputsError, InvalidFileError, KubernetesError; what AWS answers.
 */
export async function readDrift(
  environment: Environment,
  options: StackOptions,
  outside: DriftOutside,
): Promise<Drift> {
  const { cni = {} } = preflightRequest(environment, options.workDir);
  const stack = await openExistingStack(environment, options);
  const outputs = await podNetworkOutputs(stack);
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const [observation, daemonSet, { changes: all }] = await Promise.all([
    observer({ ...outside, kubernetes }, outputs.podSubnets)(),
    getAwsNode(kubernetes),
    preview(stack, outside),
  ]);
  const changes = all.filter(({ isBookkeeping }) => !isBookkeeping);
  const live = liveDrift({
    name: environment.name,
    observation,
    env: envOf(containerOf(daemonSet, "aws-node")),
    initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
    askedEnv: cni.env ?? {},
    askedInitEnv: cni.initEnv ?? {},
    eniConfigs: outputs.eniConfigs,
    workerGroups: outputs.workerGroups.map(({ nodeGroupName }) => nodeGroupName),
  });
  return { isDrifted: changes.length > 0 || live.length > 0, changes, live };
}
