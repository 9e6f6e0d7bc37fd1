import type { ComponentName } from "./controlPlane/components";

/** A process of a sandbox. */
export type PartName = ComponentName | "moto" | "daemon";

/** What each process of a sandbox is there for, in the order in which people read of them. */
export const PARTS: Readonly<Record<PartName, string>> = {
  etcd: "keeps what the API server knows",
  "kube-apiserver": "the Kubernetes API",
  "kube-controller-manager": "Deployments, Jobs, budgets, garbage",
  "kube-scheduler": "puts pods on nodes",
  kwok: "the kubelets of all nodes",
  moto: "EC2 and IAM, behind the front",
  daemon: "the front of AWS with EKS and Auto Scaling; instances, aws-node",
};

/** Their names. */
export const PART_NAMES = Object.keys(PARTS) as PartName[];
