import type { V1Node } from "@kubernetes/client-node";
import { CNI_ANNOTATION } from "../kubelet/registration";

/** By this label and taint a node says that it is Fargate's. */
export const COMPUTE_TYPE = "eks.amazonaws.com/compute-type";
/** The annotation that keeps which ENI is the node's. */
export const ENI_ANNOTATION = "sandbox/fargate-eni";

/** What a Fargate node is made of. */
export interface FargatePlace {
  readonly interfaceId: string;
  readonly address: string;
  readonly availabilityZone: string;
  readonly region: string;
}

/** Such as fargate-ip-10-8-0-9.us-west-2.compute.internal. */
export function fargateNodeName({ address, region }: Pick<FargatePlace, "address" | "region">): string {
  return `fargate-ip-${address.replaceAll(".", "-")}.${region}.compute.internal`;
}

/**
 * The Node of one pod on Fargate: it takes no other one, and no DaemonSet reaches it.
 *
 * @param kubeletVersion such as v1.36.1.
 */
export function fargateNode(place: FargatePlace, kubeletVersion: string): V1Node {
  const name = fargateNodeName(place);
  const { interfaceId, address, availabilityZone, region } = place;
  const capacity = { cpu: "2", memory: "8Gi", "ephemeral-storage": "30Gi", pods: "1" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        [COMPUTE_TYPE]: "fargate",
        "kubernetes.io/hostname": `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": availabilityZone,
        "topology.kubernetes.io/region": region,
      },
      // Nothing has to be installed there before pods have a network.
      annotations: { [CNI_ANNOTATION]: "ok", [ENI_ANNOTATION]: interfaceId },
    },
    spec: {
      providerID: `aws:///${availabilityZone}/${interfaceId.replace(/^eni-/, "")}/${name}`,
      taints: [{ key: COMPUTE_TYPE, value: "fargate", effect: "NoSchedule" }],
    },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "InternalDNS", address: name },
        { type: "Hostname", address: name },
      ],
      capacity,
      allocatable: capacity,
      nodeInfo: {
        architecture: "amd64",
        bootID: interfaceId,
        containerRuntimeVersion: "containerd://2.1.4",
        kernelVersion: "5.10.240-238.959.amzn2.x86_64",
        kubeProxyVersion: "",
        kubeletVersion,
        machineID: interfaceId,
        operatingSystem: "linux",
        osImage: "Amazon Linux 2",
        systemUUID: interfaceId,
      },
    },
  };
}
