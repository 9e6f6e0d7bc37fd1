import type { ClusterNode } from "./rotation/observation";

/**
 * Whether a node's pods get their addresses as custom networking has it: not on Fargate, where no DaemonSet runs, and
 * not on Windows.
 *
 * Source: EKS user guide, "AWS Fargate considerations"; "Deploy Windows nodes on EKS clusters".
 */
export function takesCustomNetworking({ owner, labels }: Pick<ClusterNode, "owner" | "labels">): boolean {
  return owner.kind !== "fargate" && labels["kubernetes.io/os"] !== "windows";
}
