import type {
  LaunchTemplateSpecification,
  NodegroupScalingConfig,
  NodegroupUpdateConfig,
  Taint,
  TaintEffect,
} from "@aws-sdk/client-eks";
import { isObject, type Properties, type Value } from "../../protocol/values";
import { optionalText } from "../resourceKind";

/** EKS's form of `scalingConfig`. */
export function scalingOf(properties: Properties): NodegroupScalingConfig {
  const scaling = objectIn(properties["scalingConfig"]);
  return {
    desiredSize: Number(scaling["desiredSize"]),
    maxSize: Number(scaling["maxSize"]),
    minSize: Number(scaling["minSize"]),
  };
}

/** EKS's form of `updateConfig`; undefined when it is not given. */
export function updateConfigOf(properties: Properties): NodegroupUpdateConfig | undefined {
  const { maxUnavailable, maxUnavailablePercentage } = objectIn(properties["updateConfig"]);
  if (typeof maxUnavailable === "number") return { maxUnavailable };
  if (typeof maxUnavailablePercentage === "number") return { maxUnavailablePercentage };
  return undefined;
}

/** EKS's form of `launchTemplate`; undefined when it is not given. */
export function launchTemplateOf(properties: Properties): LaunchTemplateSpecification | undefined {
  const template = properties["launchTemplate"];
  if (!isObject(template)) return undefined;
  const id = optionalText(template, "id");
  const name = optionalText(template, "name");
  const version = optionalText(template, "version");
  return {
    // EKS refuses both; they name the same one.
    ...(id !== undefined ? { id } : name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}

/** EKS's form of `taints`. */
export function taintsOf(properties: Properties): Taint[] {
  const taints = properties["taints"];
  if (!Array.isArray(taints)) return [];
  return taints.filter(isObject).map((taint) => ({
    key: optionalText(taint, "key") ?? "",
    effect: (optionalText(taint, "effect") ?? "") as TaintEffect,
    ...(typeof taint["value"] === "string" ? { value: taint["value"] } : {}),
  }));
}

/** `taints` of what EKS tells. */
export function taintsState(taints: readonly Taint[] | undefined): Value[] {
  return (taints ?? []).map(({ key = "", value, effect = "" }) => ({
    effect,
    key,
    ...(value === undefined ? {} : { value }),
  }));
}

function objectIn(value: Value | undefined): Properties {
  return isObject(value) ? value : {};
}
