import type { EKSClient } from "@aws-sdk/client-eks";
import { z } from "zod";
import { fromEnv } from "../planning/awsNode/env";
import { patchAnnotationsIn } from "../planning/awsNode/patchAnnotations";
import { containerOf, envOf, getAwsNode } from "./awsNodeDaemonSet";
import { isStatus, type Kubernetes } from "./kubernetes";
import { CONFIG_MAPS, readRecordAt, recordConfigMap } from "./recordConfigMap";
import { describeVpcCni } from "./vpcCniAddOn";

/** The ConfigMap in kube-system that has the record. */
export const CNI_RECORD = "eks-pod-network-cni";

const schema = z.object({
  version: z.literal(1),
  clusterName: z.string(),
  /** What the add-on was configured with, as EKS had it; empty when nothing was. None without a managed add-on. */
  configurationValues: z.string().optional(),
  /** What was in force in the container aws-node, whoever had set it. Variables without a value are left out. */
  env: z.record(z.string(), z.string()),
  /** The same of the container aws-vpc-cni-init. */
  initEnv: z.record(z.string(), z.string()),
  /** Annotations of the DaemonSet that its patch writes over, where somebody had them there. */
  annotations: z.record(z.string(), z.string()).optional(),
});

/** How the CNI was set before our first change: what a way back must restore. */
export type CniRecord = Readonly<z.infer<typeof schema>>;

/**
 * Reads how the CNI was set before our first change.
 *
 * @returns none where it is not known.
 * @throws UnreadableRecordError when another version of this project wrote it, or a hand; KubernetesError.
 */
export async function readCniRecord(kubernetes: Pick<Kubernetes, "get">): Promise<CniRecord | undefined> {
  return readRecordAt(kubernetes, CNI_RECORD, schema);
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
  const annotations = patchAnnotationsIn(daemonSet.metadata.annotations);
  const record: CniRecord = {
    version: 1,
    clusterName,
    ...(addOn !== undefined && { configurationValues: addOn.configurationValues ?? "" }),
    env,
    initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  try {
    await kubernetes.create(CONFIG_MAPS, recordConfigMap(CNI_RECORD, record));
    return true;
  } catch (error) {
    // The first record is the one from before.
    if (isStatus(error, 409)) return false;
    throw error;
  }
}
