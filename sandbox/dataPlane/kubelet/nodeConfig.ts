import { parse } from "yaml";
import type { InstanceLimits } from "../limitsOfInstanceType";
import { readKubeletFlags } from "./kubeletFlags";
import { child, defaultMaxPods, readMaxPods, type KubeletSettings } from "./kubeletSettings";
import { evaluateMaxPodsExpression } from "./maxPodsExpression";

/**
 * Reads NodeConfigs as nodeadm does: merged in order, the last one wins, flags add up. Of max pods a flag of the kubelet
 * beats its configuration file, and both beat the expression.
 *
 * Source: awslabs/amazon-eks-ami, nodeadm.
 *
 * @throws Error for max pods that are no number, and for an expression that this data plane can't compute.
 */
export function readNodeConfigs(documents: readonly string[], limits: InstanceLimits): KubeletSettings {
  const flags: string[] = [];
  let clusterName: string | undefined;
  let configured: unknown;
  let expression: string | undefined;
  for (const document of documents) {
    const spec = child(parse(document) as unknown, "spec");
    const kubelet = child(spec, "kubelet");
    const given = child(kubelet, "flags");
    if (Array.isArray(given)) flags.push(...given.map(String));
    clusterName = text(child(child(spec, "cluster"), "name")) ?? clusterName;
    configured = child(child(kubelet, "config"), "maxPods") ?? configured;
    expression = text(child(kubelet, "maxPodsExpression")) ?? expression;
  }
  const { maxPods, labels, taints } = readKubeletFlags(flags);
  const computed = computeMaxPods(expression, limits);
  return {
    clusterName,
    maxPods: readMaxPods(maxPods ?? configured) ?? computed.maxPods,
    labels,
    taints,
    operatingSystem: "al2023",
    warnings: computed.warnings,
  };
}

/** An expression that fails is a warning, and the node has the number of the AMI: more pods than it has addresses for. */
function computeMaxPods(
  expression: string | undefined,
  limits: InstanceLimits,
): { readonly maxPods: number | undefined; readonly warnings: readonly string[] } {
  if (expression === undefined) return { maxPods: undefined, warnings: [] };
  const value = evaluateMaxPodsExpression(expression, {
    default_enis: limits.interfaces,
    ips_per_eni: limits.addressesPerInterface,
    max_pods: defaultMaxPods(limits),
  });
  if (value !== undefined && value > 0 && value < 2 ** 31) return { maxPods: value, warnings: [] };
  const why = value === undefined ? "can't be computed" : `is ${value}`;
  return {
    maxPods: undefined,
    warnings: [`maxPodsExpression ${JSON.stringify(expression)} ${why}; using the default`],
  };
}

/** YAML reads a name of digits as a number. */
function text(given: unknown): string | undefined {
  return typeof given === "string" || typeof given === "number" ? String(given) : undefined;
}
