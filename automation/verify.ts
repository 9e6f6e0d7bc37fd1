import { verification, type Verification } from "../planning/rotation/verification";
import { connectKubernetes } from "./kubernetes";
import type { PodNetworkOutputs } from "./podNetworkOutputs";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";

/**
 * Looks whether every pod of a cluster is in the pod subnets, by the very predicate by which nodes are rotated.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function verify(outputs: PodNetworkOutputs, outside: ObserverOutside): Promise<Verification> {
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  return verification(await observer(tools, outputs.podSubnets)());
}
