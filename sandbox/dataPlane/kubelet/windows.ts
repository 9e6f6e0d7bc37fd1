import { readKubeletFlags } from "./kubeletFlags";
import { readMaxPods, type KubeletSettings } from "./kubeletSettings";

/**
 * What the VPC resource controller does for a Windows node, in ipamd's terms: addresses on the primary ENI alone, three at
 * least and one to spare (windows-minimum-ip-target, windows-warm-ip-target). Custom networking does not reach Windows.
 */
export const WINDOWS_ENVIRONMENT = {
  MAX_ENI: "1",
  MINIMUM_IP_TARGET: "3",
  WARM_IP_TARGET: "1",
  ENABLE_SUBNET_DISCOVERY: "false",
} as const;

/** The resource of which each pod of a Windows node takes one: the addresses that its ENI has for pods. */
export const WINDOWS_ADDRESSES = "vpc.amazonaws.com/PrivateIPv4Address";

/** Whether a Node runs Windows. */
export function isWindows({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean {
  return labels["kubernetes.io/os"] === "windows";
}

/** Whether user data is a PowerShell script that starts a kubelet as EKS's Windows AMIs do. */
export function isWindowsBootstrap(userData: string): boolean {
  return /<powershell>/i.test(userData) && /EKSBootstrapScriptFile|Start-EKSBootstrap\.ps1/i.test(userData);
}

/**
 * Reads the arguments of `Start-EKSBootstrap.ps1`: the cluster's name, and the kubelet's flags.
 *
 * @throws Error for max pods that are no number.
 */
export function readWindowsBootstrap(userData: string): KubeletSettings {
  const flags = readKubeletFlags((argument(userData, "KubeletExtraArgs") ?? "").split(/\s+/));
  return {
    clusterName: argument(userData, "EKSClusterName"),
    maxPods: readMaxPods(flags.maxPods),
    labels: flags.labels,
    taints: flags.taints,
    operatingSystem: "windows",
    warnings: [],
  };
}

function argument(script: string, name: string): string | undefined {
  const found = new RegExp(`-${name}\\s+(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`, "i").exec(script);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
