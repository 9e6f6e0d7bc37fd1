import type { QueryForm } from "../protocol/queryForm";
import { validationError } from "./groupParameters";
import type { GroupInstance, ScalingGroup } from "./scalingGroup";

/** The groups of a region. */
export interface GroupRegistry {
  readonly groups: Map<string, ScalingGroup>;
  /** The group that a call names. @throws AwsError ValidationError */
  readonly groupOf: (form: QueryForm) => ScalingGroup;
  /** @throws AwsError ValidationError for an instance of no group. */
  readonly memberOf: (instanceId: string) => {
    readonly group: ScalingGroup;
    readonly instance: GroupInstance;
  };
}

/** The groups of a region, by their names. @param groups those that are there from the start. */
export function groupRegistry(groups = new Map<string, ScalingGroup>()): GroupRegistry {
  return {
    groups,
    groupOf: (form) => {
      const name = form.get("AutoScalingGroupName") ?? "";
      const group = groups.get(name);
      if (group !== undefined) return group;
      throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
    },
    memberOf: (instanceId) => {
      for (const group of groups.values()) {
        const instance = group.instances.find((one) => one.instanceId === instanceId);
        if (instance !== undefined) return { group, instance };
      }
      throw validationError(
        `Instance Id not found - No managed instance found for instance ID: ${instanceId}`,
      );
    },
  };
}
