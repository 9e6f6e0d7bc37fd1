import type { EKSClient } from "@aws-sdk/client-eks";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { restoredEnv } from "../../planning/rollback/restoredEnv";
import { AWS_NODE_PATH, getAwsNode, type AwsNodeContainerSpec } from "../awsNodeDaemonSet";
import { awaitAwsNode, type AwsNodeProgress } from "../awsNodeRollout";
import type { Clock } from "../clock";
import type { CniRecord } from "../cniRecord";
import { isStatus, type Kubernetes } from "../kubernetes";
import { configureVpcCni, describeVpcCni } from "../vpcCniAddOn";

/** The outside of setting the CNI back. */
export interface RestoreCniOutside {
  readonly kubernetes: Pick<Kubernetes, "get" | "replace">;
  readonly eks: EKSClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called whenever aws-node's pods are further. */
  readonly onProgress: (progress: AwsNodeProgress) => void;
  /** Called right before each change. @throws where nothing may be changed any more. */
  readonly assertMayChange: () => Promise<void>;
}

/**
 * Sets the CNI as it was before our first change, and waits until aws-node runs like that on every node. What is so already
 * stays, so that it can be done again at any time.
 *
 * A managed add-on is given the configuration that it had. What was on the DaemonSet besides, set by others, is written
 * there afterwards: EKS knows nothing of it.
 *
 * Needs eks:DescribeAddon, UpdateAddon, DescribeUpdate; in Kubernetes get and update on the DaemonSet aws-node.
 *
 * @param ours the variables that the pod network sets.
 * @throws AddOnError, AwsNodeError, KubernetesError; what EKS answers; the signal's reason.
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
      await outside.assertMayChange();
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
  { kubernetes, assertMayChange }: RestoreCniOutside,
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
    const isRestored = (before: readonly unknown[] = [], after: readonly unknown[] = []) =>
      before.every((container, index) => container === after[index]);
    if (isRestored(containers, spec.containers) && isRestored(initContainers, spec.initContainers)) return;
    await assertMayChange();
    try {
      const template = { ...live.spec.template, spec };
      await kubernetes.replace(AWS_NODE_PATH, { ...live, spec: { ...live.spec, template } });
      return;
    } catch (error) {
      // Somebody wrote it since: what they wrote is looked at.
      if (!isStatus(error, 409)) throw error;
    }
  }
}
