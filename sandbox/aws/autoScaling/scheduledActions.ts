import { numberOf, type QueryForm } from "../protocol/queryForm";
import type { AutoScalingOutside } from "./autoScalingOutside";
import { checkSizes, validationError } from "./groupParameters";
import type { GroupRegistry } from "./groupRegistry";
import type { AutoScalingAction } from "./readActions";
import type { Scaler } from "./scaler";
import type { ScalingGroup, ScheduledAction } from "./scalingGroup";

/**
 * The actions that change sizes at a time: once, at StartTime. Recurrence is not part of this sandbox.
 *
 * @param signal ends what waits for its time.
 */
export function scheduledActions(
  { groups, groupOf }: GroupRegistry,
  scaling: Scaler,
  { clock }: Pick<AutoScalingOutside, "clock">,
  signal: AbortSignal,
): Readonly<Record<string, AutoScalingAction>> {
  const carryOut = (group: ScalingGroup, action: ScheduledAction) => {
    // Another one of the name, or none, is there by now.
    if (group.scheduled.get(action.name) !== action || groups.get(group.name) !== group) return;
    group.scheduled.delete(action.name);
    if (group.suspended.has("ScheduledActions")) return;
    const minSize = action.minSize ?? group.minSize;
    const maxSize = action.maxSize ?? group.maxSize;
    const wanted = action.desiredCapacity ?? group.desiredCapacity;
    const desiredCapacity = Math.min(Math.max(wanted, minSize), maxSize);
    Object.assign(group, { minSize, maxSize, desiredCapacity });
    scaling.settle(group);
  };
  return {
    PutScheduledUpdateGroupAction: (form) => {
      const group = groupOf(form);
      const action = readScheduledAction(form, clock.now());
      const { minSize = 0, maxSize = Infinity, desiredCapacity = minSize } = action;
      checkSizes({ minSize, maxSize, desiredCapacity });
      group.scheduled.set(action.name, action);
      clock.sleep(Math.max(action.startTime - clock.now(), 0), signal).then(
        () => {
          carryOut(group, action);
        },
        () => undefined,
      );
      return undefined;
    },

    DescribeScheduledActions: (form) => {
      const asked = form.has("AutoScalingGroupName") ? [groupOf(form)] : [...groups.values()];
      return {
        ScheduledUpdateGroupActions: asked.flatMap((group) =>
          [...group.scheduled.values()].map((action) => ({
            AutoScalingGroupName: group.name,
            ScheduledActionName: action.name,
            StartTime: new Date(action.startTime),
            MinSize: action.minSize,
            MaxSize: action.maxSize,
            DesiredCapacity: action.desiredCapacity,
          })),
        ),
      };
    },

    DeleteScheduledAction: (form) => {
      const name = form.get("ScheduledActionName") ?? "";
      if (!groupOf(form).scheduled.delete(name)) throw validationError("Scheduled action name not found");
      return undefined;
    },
  };
}

function readScheduledAction(form: QueryForm, now: number): ScheduledAction {
  if (form.has("Recurrence")) {
    throw validationError("Recurrence is not part of this sandbox: give StartTime");
  }
  const startTime = Date.parse(form.get("StartTime") ?? "");
  if (Number.isNaN(startTime)) throw validationError("StartTime is needed");
  if (startTime <= now) throw validationError("Given start time is in the past");
  return {
    name: form.get("ScheduledActionName") ?? "",
    startTime,
    minSize: numberOf(form, "MinSize"),
    maxSize: numberOf(form, "MaxSize"),
    desiredCapacity: numberOf(form, "DesiredCapacity"),
  };
}
