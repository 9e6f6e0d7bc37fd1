import type { InstanceLimits } from "../limitsOfInstanceType";

/** What user data tells the kubelet. */
export interface KubeletSettings {
  /** The cluster that the node joins; nothing when user data names none, and then it joins none. */
  readonly clusterName: string | undefined;
  /** Nothing when it is left to the AMI. */
  readonly maxPods: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly operatingSystem: OperatingSystem;
  /** What the operating system writes into its log and goes on without. */
  readonly warnings: readonly string[];
}

/** What the AMI is, as user data tells: each has a format of its own. */
export type OperatingSystem = "al2" | "al2023" | "bottlerocket" | "windows";

/** A taint as the kubelet registers it. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** What the AMI takes when nobody says a number; it knows nothing of custom networking (awslabs/amazon-eks-ami, nodeadm). */
export function defaultMaxPods({ interfaces, addressesPerInterface }: InstanceLimits): number {
  return interfaces * (addressesPerInterface - 1) + 2;
}

/** @throws Error for what is no number of pods: the kubelet would not start. */
export function readMaxPods(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const maxPods = Number(given);
  if (!Number.isInteger(maxPods) || maxPods <= 0) {
    throw new Error(`maxPods: ${JSON.stringify(given)} is no number of pods`);
  }
  return maxPods;
}

/** `value:effect`, or `:effect` without a value. */
export function taintOf(key: string, valueAndEffect: string): Taint {
  const at = valueAndEffect.lastIndexOf(":");
  const value = at < 0 ? "" : valueAndEffect.slice(0, at);
  return { key, ...(value === "" ? {} : { value }), effect: valueAndEffect.slice(at + 1) };
}

/** The value under a key of what may be no object at all. */
export function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
