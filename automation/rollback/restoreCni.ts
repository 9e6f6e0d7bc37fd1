import type { EKSClient } from "@aws-sdk/client-eks";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { restoredAnnotations } from "../../planning/rollback/restoredAnnotations";
import { restoredEnv } from "../../planning/rollback/restoredEnv";
import { AWS_NODE_PATH, getAwsNode, type AwsNodeContainerSpec } from "../awsNodeDaemonSet";
import { awaitAwsNode, type AwsNodeProgress } from "../awsNodeRollout";
import type { Clock } from "../clock";
import type { CniRecord } from "../cniRecord";
import { isStatus, type Kubernetes } from "../kubernetes";
import type { ActingTools } from "../rotation/outside";
import { configureVpcCni, describeVpcCni } from "../vpcCniAddOn";

/** The outside of setting the CNI back. */
export interface RestoreCniOutside {
  readonly kubernetes: Pick<Kubernetes, "get" | "replace">;
  readonly eks: EKSClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called whenever aws-node's pods are further. */
  readonly onProgress: (progress: AwsNodeProgress) => void;
  /** Read right before each change. */
  readonly lease: ActingTools["lease"];
}

/**
 * Sets the CNI as it was before our first change, and waits until aws-node runs like that on every node. What is so already
 * stays, so that it can be done again at any time.
 *
 * A managed add-on is given the configuration that it had. What was on the DaemonSet besides, set by others, is written
 * there afterwards: EKS knows nothing of it. What our patch of a self-managed one says to Pulumi goes.
 *
 * Needs eks:DescribeAddon, UpdateAddon, DescribeUpdate; in Kubernetes get and update on the DaemonSet aws-node.
 *
 * @param ours the variables that the pod network sets.
 * @throws LeaseLostError, AddOnError, AwsNodeError, KubernetesError; what EKS answers; the signal's reason.
 */
export async function restoreCni(
  record: CniRecord,
  ours: AskedEnv,
  outside: RestoreCniOutside,
): Promise<void> {
  const { clusterName, configurationValues } = record;
  const addOn = configurationValues === undefined ? undefined : await describeVpcCni(clusterName, outside);
  if (addOn !== undefined && configurationValues !== undefined) {
    const values = asked(configurationValues);
    if (asked(addOn.configurationValues) !== values) {
      await outside.lease.assertHeld();
      await configureVpcCni(clusterName, values, outside);
    }
  }
  await restoreDaemonSet(record, ours, outside);
  await awaitAwsNode({ ...outside, settings: {} });
}

/** EKS takes no empty text for a configuration; this one resets it. */
function asked(configurationValues = ""): string {
  return configurationValues === "" ? "{}" : configurationValues;
}

async function restoreDaemonSet(
  record: CniRecord,
  ours: AskedEnv,
  { kubernetes, lease }: RestoreCniOutside,
): Promise<void> {
  const restoredIn = (containers: readonly AwsNodeContainerSpec[]): AwsNodeContainerSpec[] =>
    containers.map((container) => {
      const { name, env = [] } = container;
      const restored =
        name === "aws-node"
          ? restoredEnv(env, record.env, Object.keys(ours.env))
          : name === "aws-vpc-cni-init"
            ? restoredEnv(env, record.initEnv, Object.keys(ours.initEnv))
            : undefined;
      return restored === undefined ? container : { ...container, env: restored };
    });
  for (;;) {
    const live = await getAwsNode(kubernetes);
    const { containers, initContainers } = live.spec.template.spec;
    const spec = {
      ...live.spec.template.spec,
      containers: restoredIn(containers),
      ...(initContainers && { initContainers: restoredIn(initContainers) }),
    };
    const annotations = restoredAnnotations(live.metadata.annotations ?? {}, record.annotations ?? {});
    const isRestored = (before: readonly unknown[] = [], after: readonly unknown[] = []) =>
      before.every((container, index) => container === after[index]);
    const hasOwnEnv =
      isRestored(containers, spec.containers) && isRestored(initContainers, spec.initContainers);
    if (hasOwnEnv && annotations === undefined) return;
    await lease.assertHeld();
    try {
      const template = { ...live.spec.template, spec };
      const metadata = { ...live.metadata, ...(annotations && { annotations }) };
      await kubernetes.replace(AWS_NODE_PATH, { ...live, metadata, spec: { ...live.spec, template } });
      return;
    } catch (error) {
      // Somebody wrote it since: what they wrote is looked at.
      if (!isStatus(error, 409)) throw error;
    }
  }
}
