import type { InstanceTypeLimits } from "../ec2/instanceType";

/** aws-node and kube-proxy run with the node's own address. */
const PODS_WITHOUT_ADDRESS = 2;
const ADDRESSES_OF_PREFIX = 16;

/** Names and values of aws-node's environment that the calculation reads. */
export type AwsNodeEnvironment = ReadonlyMap<string, string>;

/**
 * The max pods that EKS writes into the user data of a managed node group without an AMI of its own: one number, the
 * smallest of its instance types, from the CNI as it is configured when the group is made, capped at 110 or 250.
 */
export function managedMaxPods(types: readonly InstanceTypeLimits[], cni: AwsNodeEnvironment): number {
  return Math.min(...types.map((type) => Math.min(addressesFor(type, cni), type.vcpus > 30 ? 250 : 110)));
}

function addressesFor(type: InstanceTypeLimits, cni: AwsNodeEnvironment): number {
  const limit = Number(cni.get("MAX_ENI") ?? "0");
  const enis = limit >= 1 ? Math.min(type.enis, limit) : type.enis;
  // Under custom networking the primary ENI carries no pods.
  const podEnis = cni.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") === "true" ? enis - 1 : enis;
  // The calculator of EKS asks for Nitro: bare metal gets the smaller number.
  const prefixes = type.nitro && cni.get("ENABLE_PREFIX_DELEGATION") === "true";
  return podEnis * (type.ipv4PerEni - 1) * (prefixes ? ADDRESSES_OF_PREFIX : 1) + PODS_WITHOUT_ADDRESS;
}
