import { parse } from "smol-toml";
import { child, readMaxPods, taintOf, type KubeletSettings, type Taint } from "./kubeletSettings";

/** Whether user data is settings of Bottlerocket: TOML with a table below `settings`. */
export function isBottlerocket(userData: string): boolean {
  return /^\s*\[settings\b/m.test(userData);
}

/**
 * Reads the table `settings.kubernetes` of Bottlerocket's settings.
 *
 * @throws Error for text that is no TOML, and for max pods that are no number: the node would not start.
 */
export function readBottlerocketSettings(userData: string): KubeletSettings {
  const kubernetes = child(child(parse(userData), "settings"), "kubernetes");
  const clusterName = child(kubernetes, "cluster-name");
  return {
    clusterName: typeof clusterName === "string" ? clusterName : undefined,
    maxPods: readMaxPods(child(kubernetes, "max-pods")),
    labels: Object.fromEntries(
      entries(kubernetes, "node-labels").map(([key, value]) => [key, String(value)]),
    ),
    taints: entries(kubernetes, "node-taints").flatMap(taints),
    operatingSystem: "bottlerocket",
    warnings: [],
  };
}

function entries(table: unknown, key: string): [string, unknown][] {
  return Object.entries(child(table, key) ?? {});
}

/** `value:effect`, or a list of those. */
function taints([key, given]: [string, unknown]): Taint[] {
  return [given].flat().map((one) => taintOf(key, String(one)));
}
