import type { EKSClient } from "@aws-sdk/client-eks";
import { fromEnv } from "../planning/awsNode/env";
import { containerOf, envOf, getAwsNode } from "./awsNodeDaemonSet";
import { isStatus, type Kubernetes } from "./kubernetes";
import { CONFIG_MAPS, recordConfigMap } from "./recordConfigMap";
import { describeVpcCni } from "./vpcCniAddOn";

const NAME = "eks-pod-network-cni";

/** How the CNI was set before our first change: what a way back must restore. */
interface CniRecord {
  readonly version: 1;
  readonly clusterName: string;
  /** What the add-on was configured with, as EKS had it; empty when nothing was. None without a managed add-on. */
  readonly configurationValues?: string;
  /** What was in force in the container aws-node, whoever had set it. Variables without a value are left out. */
  readonly env: Readonly<Record<string, string>>;
  /** The same of the container aws-vpc-cni-init. */
  readonly initEnv: Readonly<Record<string, string>>;
}

/** The outside of recording the CNI's settings. */
export interface CniRecordOutside {
  readonly kubernetes: Pick<Kubernetes, "get" | "create">;
  readonly eks: EKSClient;
  readonly signal: AbortSignal;
}

/**
 * Writes down how the CNI is set, in the ConfigMap kube-system/eks-pod-network-cni: once, before the first change, and
 * never over what is there. Where custom networking is on already, what was before can't be known, and nothing is
 * written.
 *
 * Needs eks:DescribeAddon; in Kubernetes get on daemonsets, create on configmaps of kube-system.
 *
 * @returns whether it was written by this call.
 * @throws KubernetesError; what EKS answers.
 */
export async function recordCni(
  clusterName: string,
  { kubernetes, eks, signal }: CniRecordOutside,
): Promise<boolean> {
  const daemonSet = await getAwsNode(kubernetes);
  const env = envOf(containerOf(daemonSet, "aws-node"));
  if (fromEnv(env).settings.customNetworking === true) return false;
  const addOn = await describeVpcCni(clusterName, { eks, signal });
  const record: CniRecord = {
    version: 1,
    clusterName,
    ...(addOn !== undefined && { configurationValues: addOn.configurationValues ?? "" }),
    env,
    initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
  };
  try {
    await kubernetes.create(CONFIG_MAPS, recordConfigMap(NAME, record));
    return true;
  } catch (error) {
    // The first record is the one from before.
    if (isStatus(error, 409)) return false;
    throw error;
  }
}
