import type { V1Node, V1NodeCondition } from "@kubernetes/client-node";
import type { ClusterInstance } from "../ec2/instances";
import type { InstanceLimits } from "../limitsOfInstanceType";
import { defaultMaxPods, type KubeletSettings } from "./kubeletSettings";
import { WINDOWS_ADDRESSES } from "./windows";

/** The annotation by which kwok's stages know that the node's network is ready: `ok`. */
export const CNI_ANNOTATION = "sandbox/cni";

/** What each operating system says of itself. */
const SYSTEMS = {
  al2: { image: "Amazon Linux 2", kernelVersion: "5.10.239-236.958.amzn2.x86_64" },
  al2023: { image: "Amazon Linux 2023", kernelVersion: "6.12.40-64.114.amzn2023" },
  bottlerocket: { image: "Bottlerocket OS 1.44.0 (aws-k8s-1.36)", kernelVersion: "6.12.37" },
  windows: { image: "Windows Server 2022 Datacenter", kernelVersion: "10.0.20348.4171" },
} as const;

/**
 * The Node as which an instance registers: what its kubelet says, and what the cloud provider adds to it.
 *
 * It is NotReady until its network is; the API server adds the taint for that by itself.
 *
 * @param kubelet its version, such as v1.36.1, and when it starts.
 */
export function nodeOf(
  instance: ClusterInstance,
  limits: InstanceLimits,
  settings: KubeletSettings,
  { version, now }: { readonly version: string; readonly now: Date },
): V1Node {
  const name = nodeName(instance);
  const { availabilityZone, region, privateIpAddress } = instance;
  const maxPods = settings.maxPods ?? defaultMaxPods(limits);
  const system = SYSTEMS[settings.operatingSystem];
  const isForWindows = settings.operatingSystem === "windows";
  const os = isForWindows ? "windows" : "linux";
  const addresses = isForWindows ? { [WINDOWS_ADDRESSES]: String(limits.addressesPerInterface - 1) } : {};
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": os,
        "kubernetes.io/arch": limits.architecture,
        "beta.kubernetes.io/os": os,
        "beta.kubernetes.io/arch": limits.architecture,
        "node.kubernetes.io/instance-type": limits.instanceType,
        "beta.kubernetes.io/instance-type": limits.instanceType,
        "topology.kubernetes.io/zone": availabilityZone,
        "topology.kubernetes.io/region": region,
        "failure-domain.beta.kubernetes.io/zone": availabilityZone,
        "failure-domain.beta.kubernetes.io/region": region,
        ...(isForWindows ? { "node.kubernetes.io/windows-build": "10.0.20348" } : {}),
        ...settings.labels,
      },
      // Volumes are attached by the controller manager, and not by the kubelet.
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: {
      providerID: providerId(instance),
      ...(settings.taints.length === 0 ? {} : { taints: [...settings.taints] }),
    },
    status: {
      addresses: [
        { type: "InternalIP", address: privateIpAddress },
        { type: "InternalDNS", address: name },
        { type: "Hostname", address: name },
      ],
      capacity: {
        cpu: String(limits.vcpus),
        memory: `${limits.memoryMib}Mi`,
        "ephemeral-storage": "20Gi",
        pods: String(maxPods),
        ...addresses,
      },
      allocatable: {
        cpu: `${limits.vcpus * 1000 - reservedMillicpu(limits.vcpus)}m`,
        memory: `${limits.memoryMib - reservedMemoryMib(maxPods)}Mi`,
        "ephemeral-storage": "18Gi",
        pods: String(maxPods),
        ...addresses,
      },
      conditions: conditionsAtStart(now),
      nodeInfo: {
        architecture: limits.architecture,
        bootID: instance.instanceId,
        containerRuntimeVersion: "containerd://2.1.4",
        kernelVersion: system.kernelVersion,
        kubeProxyVersion: "",
        kubeletVersion: version,
        machineID: instance.instanceId,
        operatingSystem: os,
        osImage: system.image,
        systemUUID: instance.instanceId,
      },
    },
  };
}

/**
 * What a kubelet says first. Were there no condition yet, the node lifecycle controller would take the not-ready taint away,
 * and the scheduler could fill the node before aws-node has a place on it.
 */
function conditionsAtStart(now: Date): V1NodeCondition[] {
  const condition = (type: string, reason: string, message: string): V1NodeCondition => ({
    type,
    status: "False",
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return [
    condition("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    condition("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    condition("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    condition(
      "Ready",
      "KubeletNotReady",
      "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady " +
        "message:Network plugin returns error: cni plugin not initialized",
    ),
  ];
}

/** The host name that EC2 gives by default: an address-based one. */
export function nodeName({
  privateIpAddress,
  region,
}: Pick<ClusterInstance, "privateIpAddress" | "region">): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${privateIpAddress.replaceAll(".", "-")}.${domain}`;
}

/** A node's providerID, which says whose instance it is. */
export function providerId({
  availabilityZone,
  instanceId,
}: Pick<ClusterInstance, "availabilityZone" | "instanceId">): string {
  return `aws:///${availabilityZone}/${instanceId}`;
}

/** The instance of a providerID; none of other kinds of nodes. */
export function instanceIdOf(providerId: string): string | undefined {
  return /^aws:\/\/\/[^/]*\/(i-.+)$/.exec(providerId)?.[1];
}

/** kubeReserved of nodeadm: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of all others. */
function reservedMillicpu(vcpus: number): number {
  const cores = (from: number, to: number) => Math.max(Math.min(vcpus, to) - from, 0);
  return Math.floor(60 * cores(0, 1) + 10 * cores(1, 2) + 5 * cores(2, 4) + 2.5 * cores(4, Infinity));
}

/** kubeReserved of nodeadm, and the 100 MiB below which the kubelet evicts. */
function reservedMemoryMib(maxPods: number): number {
  return 11 * maxPods + 255 + 100;
}
