import { autoScalingAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { readQueryForm } from "../protocol/queryForm";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { changeActions } from "./changeActions";
import { groupRegistry } from "./groupRegistry";
import { lifecycleActions } from "./lifecycleActions";
import { lifecycleHookActions } from "./lifecycleHookActions";
import { readActions } from "./readActions";
import { scaler } from "./scaler";
import { scheduledActions } from "./scheduledActions";
import type { ScalingGroup } from "./scalingGroup";

/**
 * Auto Scaling, in the front's own hand: moto's launches everything in one zone, takes any size, and can't fail to
 * launch.
 */
export interface AutoScalingService {
  answer(request: AwsRequest): Promise<AwsResponse>;
  /** Instances that somebody terminated in EC2; their groups replace them. */
  instancesTerminated(instanceIds: readonly string[]): void;
  close(): void;
}

/** Auto Scaling groups over an EC2. @param groups those that are there from the start, and change. @default none */
export function autoScalingService(
  outside: AutoScalingOutside,
  groups?: Map<string, ScalingGroup>,
): AutoScalingService {
  const registry = groupRegistry(groups);
  const ending = new AbortController();
  const waits = lifecycleActions(outside.clock);
  const scaling = scaler(outside, waits, ending.signal);
  const actions = {
    ...readActions(registry),
    ...changeActions(registry, scaling, outside),
    ...lifecycleHookActions(registry, waits),
    ...scheduledActions(registry, scaling, outside, ending.signal),
  };
  return {
    answer: async ({ body }) => {
      const form = readQueryForm(body);
      const name = form.get("Action") ?? "";
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (action === undefined) {
        throw new AwsError("InvalidAction", `Auto Scaling's ${name} is not part of this sandbox.`);
      }
      return autoScalingAnswer(name, await action(form));
    },
    instancesTerminated: (instanceIds) => {
      for (const group of registry.groups.values()) {
        const left = group.instances.filter(
          (instance) =>
            !instanceIds.includes(instance.instanceId) || instance.lifecycleState === "Terminating",
        );
        if (left.length === group.instances.length) continue;
        group.instances = left;
        if (!group.suspended.has("ReplaceUnhealthy")) scaling.settle(group);
      }
    },
    close: () => {
      ending.abort();
    },
  };
}
