import { explain, type Explanation } from "../../planning/rotation/explanation";
import { connectKubernetes, isStatus } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { readEniConfigs } from "../preflight/readEniConfigs";
import { intoPodSubnets } from "./goal";
import { lookAhead } from "./lookAhead";
import { observer } from "./observe";
import type { ObserverOutside } from "./outside";
import { rotationOptions, type GivenRotationOptions } from "./rotationOptions";
import { subnetRooms } from "./subnetRooms";

/**
 * Explains nodes and pods by their names: what a rotation with these options would do with each, and why. Changes nothing.
 *
 * Needs what `previewRotation` needs.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function explainRotation(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  names: readonly string[],
  outside: ObserverOutside,
): Promise<Explanation[]> {
  const options = rotationOptions(given);
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  const observed = await observer(tools, outputs.podSubnets)();
  const { pools, homeless } = await lookAhead(tools, outputs, intoPodSubnets(outputs), observed, options);
  const found = await readEniConfigs(tools.kubernetes).catch((error: unknown) => {
    if (isStatus(error, 404)) return [];
    throw error;
  });
  const ids = found.map(({ subnetId }) => subnetId).filter((id) => id !== "");
  const rooms = await subnetRooms(tools, ids);
  const eniConfigs = found.map(({ name, subnetId }) => ({ name, subnet: rooms.get(subnetId) }));
  const seen = { observation: observed, pools, keys: observed.awsNode, eniConfigs, homeless };
  return names.map((name) => explain(name, seen, options));
}
