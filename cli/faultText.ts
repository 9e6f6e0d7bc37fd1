import { counted } from "../planning/amounts";
import type { FaultRule } from "../sandbox/aws/faults/faultRule";

/** What a fault is about, and how often, as people read it: `throttle of ec2:Describe*, 3 calls, of user`. */
export function faultText(rule: FaultRule): string {
  const { kind, action, times, every, from } = rule;
  const only = [rule.instanceType, rule.zone].filter((one) => one !== undefined).join(" in ");
  return [
    `${kind} of ${action}`,
    ...(only === "" ? [] : [only]),
    ...(times === undefined ? [] : [counted(times, "call")]),
    ...(every === undefined ? [] : [`each of ${every}`]),
    ...(rule.for === undefined ? [] : [`for ${rule.for} s`]),
    ...(rule.seconds === undefined ? [] : [`${rule.seconds} s behind`]),
    ...(from === "user" ? [] : [`from ${from}`]),
  ].join(", ");
}
