import type { InstanceFacts } from "./clusterFacts";

/** An instance whose place is known and whose security groups are not. */
export type SightedInstance = Omit<InstanceFacts, "securityGroupIds">;

/** Instances to read of a subnet: the first, one of the middle and the last, so that old and new ones are among them. */
const PER_SUBNET = 3;

/**
 * The instances to read first: of each subnet all, where they are few, else some of them from beginning to end.
 *
 * @param sighted by their ids, which decides who is chosen.
 */
export function representatives(sighted: readonly SightedInstance[]): SightedInstance[] {
  const subnetIds = [...new Set(sighted.map(({ subnetId }) => subnetId))];
  return subnetIds.flatMap((subnetId) => {
    const here = sighted.filter((instance) => instance.subnetId === subnetId);
    const step = (here.length - 1) / (PER_SUBNET - 1);
    const places = Array.from({ length: PER_SUBNET }, (_, index) => Math.round(index * step));
    return here.filter((_, index) => places.includes(index));
  });
}

/**
 * The security groups of all instances, as far as they follow from those that were read: who carries the same of the
 * groups that were seen, in the same subnet, is taken to have the same groups altogether.
 *
 * @param read groups by instance, of those that were read.
 * @param carriers who carries a group, for all groups that were seen.
 * @returns the instances, and of those `unlike` any that was read one of each kind, to be read as well.
 */
export function withGroupsOf(
  sighted: readonly SightedInstance[],
  read: ReadonlyMap<string, readonly string[]>,
  carriers: ReadonlyMap<string, ReadonlySet<string>>,
): { instances: InstanceFacts[]; unlike: SightedInstance[] } {
  const kindOf = ({ instanceId, subnetId }: SightedInstance) =>
    [subnetId, ...[...carriers].flatMap(([group, who]) => (who.has(instanceId) ? [group] : []))].join(" ");
  const groupsByKind = new Map<string, readonly string[]>();
  const unlike = new Map<string, SightedInstance>();
  for (const instance of sighted) {
    const groups = read.get(instance.instanceId);
    if (groups !== undefined) groupsByKind.set(kindOf(instance), groups);
  }
  const instances = sighted.map((instance) => {
    const kind = kindOf(instance);
    const securityGroupIds = read.get(instance.instanceId) ?? groupsByKind.get(kind);
    if (securityGroupIds === undefined && !unlike.has(kind)) unlike.set(kind, instance);
    return { ...instance, securityGroupIds: securityGroupIds ?? [] };
  });
  return { instances, unlike: [...unlike.values()] };
}
