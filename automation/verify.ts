import { verification, type Verification } from "../planning/rotation/verification";
import { connectKubernetes } from "./kubernetes";
import type { PodNetworkOutputs } from "./podNetworkOutputs";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";

/** Whether every pod of an environment has moved, and where to. */
export interface EnvironmentVerification extends Verification {
  readonly podCidrs: readonly string[];
}

/**
 * Looks whether every pod of a cluster is in the pod subnets, by the very predicate by which nodes are rotated.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function verify(
  { podCidrs, podSubnets }: PodNetworkOutputs,
  outside: ObserverOutside,
): Promise<EnvironmentVerification> {
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  return { podCidrs, ...verification(await observer(tools, podSubnets)()) };
}
