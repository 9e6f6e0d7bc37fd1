/** A target group that a load balancer sends traffic to, or a Classic Load Balancer, with the instances that it has. */
export interface TargetGroup {
  /** As messages name it: `target group web`. */
  readonly name: string;
  /** The ARN of a target group; a Classic Load Balancer is told by its name. */
  readonly id: string;
  readonly targets: readonly Target[];
}

/** An instance in a target group. One that is there with several ports is several targets. */
export interface Target {
  readonly instanceId: string;
  /** As a target group has it (TargetHealthState): `healthy`, `initial`, `draining`, `unhealthy`, ... */
  readonly state: string;
}

/**
 * The target groups in which an instance is the last healthy one, so that it must not be taken out of them yet.
 *
 * @param leaving ids of instances that are being taken out, and may be shown as healthy still.
 */
export function servedByItAlone(
  instanceId: string,
  groups: readonly TargetGroup[],
  leaving: ReadonlySet<string>,
): TargetGroup[] {
  const serves = (is: (id: string) => boolean, { targets }: TargetGroup) =>
    targets.some(({ instanceId: id, state }) => state === "healthy" && is(id));
  return groups.filter(
    (group) =>
      serves((id) => id === instanceId, group) &&
      !serves((id) => id !== instanceId && !leaving.has(id), group),
  );
}

/** Where an instance still gets traffic, or ends what it has. */
export interface Registrations {
  /** Nobody has taken it out of these. */
  readonly registered: readonly TargetGroup[];
  /** Their deregistration delay runs: connections that are open may end. */
  readonly draining: readonly TargetGroup[];
}

/** The target groups that have an instance. */
export function registrationsOf(instanceId: string, groups: readonly TargetGroup[]): Registrations {
  const statesIn = ({ targets }: TargetGroup) =>
    targets.filter((target) => target.instanceId === instanceId).map(({ state }) => state);
  const here = groups.filter((group) => statesIn(group).length > 0);
  const isDraining = (group: TargetGroup) => statesIn(group).every((state) => state === "draining");
  return {
    registered: here.filter((group) => !isDraining(group)),
    draining: here.filter(isDraining),
  };
}
