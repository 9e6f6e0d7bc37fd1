import type { Env } from "../planning/awsNode/env";
import type { AwsNodeContainer } from "../planning/awsNode/envTable";
import type { ManagedFields } from "../planning/awsNode/liveDaemonSet";
import type { EnvVar } from "../planning/awsNode/merge";
import type { ApiObject, Kubernetes } from "./kubernetes";

/** The DaemonSet kube-system/aws-node, as far as it is looked at. */
export interface AwsNodeDaemonSet extends ApiObject {
  readonly metadata: ApiObject["metadata"] & {
    readonly generation?: number;
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly AwsNodeContainerSpec[];
        readonly initContainers?: readonly AwsNodeContainerSpec[];
      };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** A container of it. */
export interface AwsNodeContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly EnvVar[];
}

/** Where the API server has it. */
export const AWS_NODE_PATH = "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node";

/** Reads the DaemonSet. @throws KubernetesError */
export function getAwsNode(kubernetes: Pick<Kubernetes, "get">): Promise<AwsNodeDaemonSet> {
  return kubernetes.get<AwsNodeDaemonSet>(AWS_NODE_PATH);
}

/** One of its containers; none where it is not that of the VPC CNI. */
export function containerOf(
  { spec }: AwsNodeDaemonSet,
  container: AwsNodeContainer,
): AwsNodeContainerSpec | undefined {
  const { containers, initContainers = [] } = spec.template.spec;
  return [...containers, ...initContainers].find(({ name }) => name === container);
}

/** What a container's variables are set to; those without a value, as of a fieldRef, are left out. */
export function envOf(container: AwsNodeContainerSpec | undefined): Env {
  return Object.fromEntries(
    (container?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}
