import { autoScalingAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { readQueryForm } from "../protocol/queryForm";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { changeActions } from "./changeActions";
import { groupRegistry } from "./groupRegistry";
import { readActions } from "./readActions";
import { scaler } from "./scaler";

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

/** Auto Scaling groups over an EC2. */
export function autoScalingService(outside: AutoScalingOutside): AutoScalingService {
  const registry = groupRegistry();
  const scaling = scaler(outside);
  const actions = { ...readActions(registry), ...changeActions(registry, scaling, outside) };
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
          ({ instanceId, lifecycleState }) =>
            !instanceIds.includes(instanceId) || lifecycleState === "Terminating",
        );
        if (left.length === group.instances.length) continue;
        group.instances = left;
        if (!group.suspended.has("ReplaceUnhealthy")) scaling.settle(group);
      }
    },
    close: () => {
      scaling.close();
    },
  };
}
