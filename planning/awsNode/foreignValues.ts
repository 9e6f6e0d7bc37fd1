import type { AskedEnv } from "./askedEnv";
import type { AwsNodeContainer } from "./envTable";
import { EKS_MANAGER, valueManagers } from "./fieldManagers";
import { envListOf, type LiveDaemonSet } from "./liveDaemonSet";

/** A variable on the DaemonSet that is to go into the configuration of the add-on. */
export interface ForeignValue {
  readonly container: AwsNodeContainer;
  readonly name: string;
  /** Undefined where it is taken from somewhere else (`valueFrom`). */
  readonly value: string | undefined;
  /** The field managers that hold it. */
  readonly managers: readonly string[];
}

/**
 * Variables that AWS's manifest writes itself; they are no settings, and every installation writes its own. Whether the
 * init container has IPv6 follows from the cluster.
 *
 * Source: aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni/templates/daemonset.yaml and values.yaml; VPC_ID is EKS's own.
 */
const OF_THE_MANIFEST: Readonly<Record<AwsNodeContainer, ReadonlySet<string>>> = {
  "aws-node": new Set(["MY_NODE_NAME", "MY_POD_NAME", "VPC_CNI_VERSION", "VPC_ID"]),
  "aws-vpc-cni-init": new Set(["ENABLE_IPv6"]),
};

/**
 * Values on the DaemonSet of a managed add-on that EKS does not hold: OVERWRITE takes them back to what the add-on is
 * configured with. What is asked for is not among them, because it wins.
 */
export function foreignValues(live: LiveDaemonSet, asked: AskedEnv): ForeignValue[] {
  return settingsOn(live, asked).filter(
    ({ managers }) => managers.length > 0 && !managers.includes(EKS_MANAGER),
  );
}

/** All values on a self-managed DaemonSet that an add-on in its place has to be told. */
export function settingsOn(live: LiveDaemonSet, { env, initEnv }: AskedEnv): ForeignValue[] {
  const of = (container: AwsNodeContainer, asked: Readonly<Record<string, string>>) => {
    const managers = valueManagers(live, container);
    return envListOf(live, container)
      .filter(({ name }) => !OF_THE_MANIFEST[container].has(name) && !Object.hasOwn(asked, name))
      .map(({ name, value, valueFrom }) => ({
        container,
        name,
        value: valueFrom === undefined || valueFrom === null ? (value ?? "") : undefined,
        managers: managers.get(name) ?? [],
      }));
  };
  return [...of("aws-node", env), ...of("aws-vpc-cni-init", initEnv)];
}
