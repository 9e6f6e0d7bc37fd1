import { stackRemoval, type StackResource } from "../rollback/stackRemoval";
import type { PodSubnet } from "../rotation/observation";

/**
 * The pod subnets that a stack has by now. Its outputs are of the last update that came to its end: what one that was cut
 * off has made, or taken over, is in the state alone.
 *
 * @param put those of the outputs; none where no update has come to its end.
 * @param resources the state of the stack.
 */
export function podSubnetsToday(
  put: readonly PodSubnet[],
  resources: readonly StackResource[],
): readonly PodSubnet[] {
  const { removed, left } = stackRemoval(resources);
  const known = new Set(put.map(({ subnetId }) => subnetId));
  return [...put, ...[...removed, ...left].flatMap(podSubnet).filter(({ subnetId }) => !known.has(subnetId))];
}

/** What a part of a pod network is as a pod subnet; nothing where it is none. */
function podSubnet({ type, id = "", delete: isGoing, outputs = {} }: StackResource): PodSubnet[] {
  const { availabilityZone, cidrBlock } = outputs;
  // What was replaced and is still to be deleted has another in its place.
  if (type !== "aws:ec2/subnet:Subnet" || id === "" || isGoing === true) return [];
  if (typeof availabilityZone !== "string" || typeof cidrBlock !== "string") return [];
  return [{ subnetId: id, availabilityZone, cidrBlock }];
}
