import { placeOf } from "../../planning/awsNode/foldedValues";
import { foreignValues, type ForeignValue } from "../../planning/awsNode/foreignValues";
import { liveDrift, type LiveDrift } from "../../planning/liveDrift";
import { askedOfCni } from "../../planning/podNetwork/cniSettings";
import type { ResourceChange } from "../../planning/stack/resourceChange";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import type { ClusterOutside } from "../connect";
import type { Environment } from "../environments";
import { connectKubernetes } from "../kubernetes";
import { podNetworkOutputs } from "../podNetworkOutputs";
import { preflightRequest } from "../preflight/preflightRequest";
import { preview } from "../preview";
import { PulumiError } from "../pulumiError";
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
  /** What could not be looked at, and why, a line each. */
  readonly notSeen: readonly string[];
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
  const [observation, daemonSet, previewed] = await Promise.all([
    observer({ ...outside, kubernetes }, outputs.podSubnets)(),
    getAwsNode(kubernetes),
    orRefusal(preview(stack, outside)),
  ]);
  const refusal = previewed instanceof PulumiError ? previewed : undefined;
  const values = outputs.cni.mode === "addOn" ? foreignValues(daemonSet, askedOfCni({ cni })) : [];
  const foreign = values.map((value) => ({ ...value, isRefused: refusalNames(refusal, value) }));
  if (refusal !== undefined && !isOnlyOf(foreign, refusal)) throw refusal;
  const all = previewed instanceof PulumiError ? [] : previewed.changes;
  const changes = all.filter(({ isBookkeeping }) => !isBookkeeping);
  const live = liveDrift({
    name: environment.name,
    observation,
    env: envOf(containerOf(daemonSet, "aws-node")),
    initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
    askedEnv: cni.env ?? {},
    askedInitEnv: cni.initEnv ?? {},
    foreign,
    eniConfigs: outputs.eniConfigs,
    workerGroups: outputs.workerGroups.map(({ nodeGroupName }) => nodeGroupName),
  });
  const isDrifted = changes.length > 0 || live.length > 0;
  return { isDrifted, changes, live, notSeen: refusal === undefined ? [] : [REFUSED] };
}

const REFUSED =
  "what podnet up would change: it refuses while somebody else's variables are on aws-node that the add-on can't keep";

/** Whether a preview is refused for a value that is on the DaemonSet. */
function refusalNames(refusal: PulumiError | undefined, value: ForeignValue): boolean {
  return refusal?.reason.includes(`${placeOf(value)}: `) ?? false;
}

/** Whether a preview is refused for such values, and for nothing else. */
function isOnlyOf(values: readonly ForeignValue[], { reason }: PulumiError): boolean {
  return reason.split("\n").every((line) => values.some((value) => line.includes(`${placeOf(value)}: `)));
}

/** What came of a preview, so that what else is looked at meanwhile can tell why Pulumi refused it. */
async function orRefusal<T>(act: Promise<T>): Promise<T | PulumiError> {
  return act.catch((error: unknown) => {
    if (error instanceof PulumiError) return error;
    throw error;
  });
}
