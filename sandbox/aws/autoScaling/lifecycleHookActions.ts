import { listOf, numberOf, type QueryForm } from "../protocol/queryForm";
import { validationError } from "./groupParameters";
import type { GroupRegistry } from "./groupRegistry";
import type { LifecycleActionKey, LifecycleActions } from "./lifecycleActions";
import type { AutoScalingAction } from "./readActions";
import type { LifecycleHook, LifecycleResult, LifecycleTransition } from "./scalingGroup";

const USUAL_TIMEOUT_SECONDS = 3_600;
const LONGEST_WAIT_SECONDS = 172_800;
const TRANSITIONS: readonly LifecycleTransition[] = [
  "autoscaling:EC2_INSTANCE_LAUNCHING",
  "autoscaling:EC2_INSTANCE_TERMINATING",
];

/** The actions around lifecycle hooks. */
export function lifecycleHookActions(
  { groupOf }: GroupRegistry,
  waits: LifecycleActions,
): Readonly<Record<string, AutoScalingAction>> {
  return {
    PutLifecycleHook: (form) => {
      const { hooks } = groupOf(form);
      const name = form.get("LifecycleHookName") ?? "";
      hooks.set(name, readHook(name, form, hooks.get(name)));
      return {};
    },

    DescribeLifecycleHooks: (form) => {
      const group = groupOf(form);
      const names = listOf(form, "LifecycleHookNames.member");
      const asked = [...group.hooks.values()].filter(
        ({ name }) => names.length === 0 || names.includes(name),
      );
      return {
        LifecycleHooks: asked.map(({ name, transition, heartbeatTimeout, defaultResult }) => ({
          LifecycleHookName: name,
          AutoScalingGroupName: group.name,
          LifecycleTransition: transition,
          HeartbeatTimeout: heartbeatTimeout,
          GlobalTimeout: Math.min(LONGEST_WAIT_SECONDS, heartbeatTimeout * 100),
          DefaultResult: defaultResult,
        })),
      };
    },

    DeleteLifecycleHook: (form) => {
      const name = form.get("LifecycleHookName") ?? "";
      if (!groupOf(form).hooks.delete(name)) {
        throw validationError(`No Lifecycle Hook found with name: ${name}`);
      }
      return {};
    },

    CompleteLifecycleAction: (form) => {
      groupOf(form);
      waits.complete(keyOf(form), readResult(form.get("LifecycleActionResult")));
      return {};
    },

    RecordLifecycleActionHeartbeat: (form) => {
      groupOf(form);
      waits.heartbeat(keyOf(form));
      return {};
    },
  };
}

/** @param before the hook of that name that is there; what the call leaves out stays. */
function readHook(name: string, form: QueryForm, before: LifecycleHook | undefined): LifecycleHook {
  const asked = form.get("LifecycleTransition") ?? before?.transition;
  const transition = TRANSITIONS.find((one) => one === asked);
  if (transition === undefined) {
    throw validationError(`LifecycleTransition must be one of ${TRANSITIONS.join(", ")}`);
  }
  const heartbeatTimeout =
    numberOf(form, "HeartbeatTimeout") ?? before?.heartbeatTimeout ?? USUAL_TIMEOUT_SECONDS;
  if (!(heartbeatTimeout >= 30 && heartbeatTimeout <= 7_200)) {
    throw validationError("HeartbeatTimeout must be between 30 and 7200 seconds");
  }
  const defaultResult = readResult(form.get("DefaultResult") ?? before?.defaultResult ?? "ABANDON");
  return { name, transition, heartbeatTimeout, defaultResult };
}

function readResult(text: string | undefined): LifecycleResult {
  if (text === "CONTINUE" || text === "ABANDON") return text;
  throw validationError(`${text ?? ""} is neither CONTINUE nor ABANDON`);
}

function keyOf(form: QueryForm): LifecycleActionKey {
  return {
    hookName: form.get("LifecycleHookName") ?? "",
    instanceId: form.get("InstanceId"),
    token: form.get("LifecycleActionToken"),
  };
}
