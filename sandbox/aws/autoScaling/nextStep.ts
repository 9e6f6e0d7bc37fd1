import { isLeaving, type GroupInstance, type GroupSubnet, type ScalingGroup } from "./scalingGroup";

/** What a group does next. */
export type ScalingStep =
  /** Launch one, in the first of these subnets that has room. */
  | { readonly kind: "launch"; readonly subnets: readonly GroupSubnet[] }
  | { readonly kind: "terminate"; readonly instance: GroupInstance }
  /** One more in an empty zone, then one less in a full one. */
  | {
      readonly kind: "rebalance";
      readonly subnets: readonly GroupSubnet[];
      readonly instance: GroupInstance;
    };

/** Decides one step towards the desired capacity with zones in balance; nothing when all is as it should be. */
export function nextStep(group: ScalingGroup): ScalingStep | undefined {
  const present = group.instances.filter((instance) => !isLeaving(instance));
  if (present.length < group.desiredCapacity) {
    return group.suspended.has("Launch")
      ? undefined
      : { kind: "launch", subnets: emptiestFirst(group, present) };
  }
  if (present.length > group.desiredCapacity) {
    const instance = instanceToRemove(present);
    const may = instance !== undefined && !group.suspended.has("Terminate");
    return may ? { kind: "terminate", instance } : undefined;
  }
  return rebalanceStep(group, present);
}

/**
 * Zones that differ by two or more are out of balance; Auto Scaling then launches in the emptier one and terminates,
 * undrained, in the fuller one.
 */
function rebalanceStep(group: ScalingGroup, present: readonly GroupInstance[]): ScalingStep | undefined {
  if (["AZRebalance", "Launch", "Terminate"].some((process) => group.suspended.has(process)))
    return undefined;
  const [emptiest] = emptiestFirst(group, present);
  const instance = instanceToRemove(present);
  if (emptiest === undefined || instance === undefined) return undefined;
  const difference = inZone(present, instance.availabilityZone) - inZone(present, emptiest.availabilityZone);
  const subnets = group.subnets.filter((one) => one.availabilityZone === emptiest.availabilityZone);
  return difference >= 2 ? { kind: "rebalance", subnets, instance } : undefined;
}

function emptiestFirst(group: ScalingGroup, present: readonly GroupInstance[]): GroupSubnet[] {
  return [...group.subnets].sort(
    (left, right) => inZone(present, left.availabilityZone) - inZone(present, right.availabilityZone),
  );
}

/** Of the fullest zone the oldest that is not protected from scale-in. */
function instanceToRemove(present: readonly GroupInstance[]): GroupInstance | undefined {
  return present
    .filter((one) => !one.protectedFromScaleIn)
    .sort(
      (left, right) =>
        inZone(present, right.availabilityZone) - inZone(present, left.availabilityZone) ||
        left.launchedAt - right.launchedAt,
    )[0];
}

function inZone(instances: readonly GroupInstance[], availabilityZone: string): number {
  return instances.filter((one) => one.availabilityZone === availabilityZone).length;
}
