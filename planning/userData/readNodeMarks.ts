import { parse as parseToml } from "smol-toml";
import { isObject } from "../isObject";
import type { TaintFacts } from "../podNetwork/clusterFacts";
import { parseYaml } from "../yamlText";
import { NODE_CONFIG_MEDIA_TYPE } from "./nodeConfig";
import { TAINT_EFFECTS } from "./nodeSettings";

/** The labels and taints with which nodes register. */
export interface NodeMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
}

/**
 * The labels and taints that user data of `nodeUserData` gives to nodes of AL2023 or Bottlerocket. Of user data that
 * others wrote, it reads as much as is written in the same way, perhaps none.
 */
export function readNodeMarks(userData: string): NodeMarks {
  const [, nodeConfig] = new RegExp(`${NODE_CONFIG_MEDIA_TYPE}\\n\\n([^]*?)\\n--`).exec(userData) ?? [];
  return nodeConfig === undefined ? ofBottlerocket(userData) : ofNodeConfig(nodeConfig);
}

function ofNodeConfig(text: string): NodeMarks {
  const flags = child(child(child(attempt(parseYaml, text), "spec"), "kubelet"), "flags");
  const itemsOf = (flag: string) =>
    (Array.isArray(flags) ? flags : [])
      .filter((one) => typeof one === "string")
      .filter((one) => one.startsWith(`${flag}=`))
      .flatMap((one) => one.slice(flag.length + 1).split(","));
  return {
    labels: Object.fromEntries(itemsOf("--node-labels").map(atEquals)),
    taints: itemsOf("--register-with-taints").flatMap((item) => {
      const [key, rest] = atEquals(item);
      return taintOf(key, rest);
    }),
  };
}

function ofBottlerocket(text: string): NodeMarks {
  const kubernetes = child(child(attempt(parseToml, text), "settings"), "kubernetes");
  const labels = child(kubernetes, "node-labels");
  const taints = child(kubernetes, "node-taints");
  return {
    labels: isObject(labels)
      ? Object.fromEntries(
          Object.entries(labels).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
        )
      : {},
    taints: Object.entries(isObject(taints) ? taints : {}).flatMap(([key, values]) =>
      (Array.isArray(values) ? values : [])
        .filter((value) => typeof value === "string")
        .flatMap((value) => taintOf(key, value)),
    ),
  };
}

/** A script, for instance, is no TOML; and what others wrote may be anything. */
function attempt(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** @param valueAndEffect such as `data:NoSchedule` */
function taintOf(key: string, valueAndEffect: string): TaintFacts[] {
  const at = valueAndEffect.lastIndexOf(":");
  const value = valueAndEffect.slice(0, Math.max(at, 0));
  const effect = valueAndEffect.slice(at + 1);
  if (!(TAINT_EFFECTS as readonly string[]).includes(effect)) return [];
  return [{ key, ...(value !== "" && { value }), effect }];
}

function atEquals(item: string): [string, string] {
  const at = item.indexOf("=");
  return at < 0 ? [item, ""] : [item.slice(0, at), item.slice(at + 1)];
}

function child(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}
