import type { AwsNodeFacts } from "../podNetwork/clusterFacts";
import type { Env } from "./env";
import type { AwsNodeContainer } from "./envTable";
import type { EnvVar } from "./merge";

/** The DaemonSet aws-node as the API server has it, as far as it is looked at. */
export interface LiveDaemonSet {
  readonly metadata: {
    /** Who holds which field; server-side apply keeps account of it. */
    readonly managedFields?: readonly ManagedFields[] | undefined;
  };
  readonly spec: { readonly template: { readonly spec: LivePodSpec } };
}

/** The fields that one manager holds. */
export interface ManagedFields {
  /** Such as `eks` or `kubectl-set`. */
  readonly manager?: string | undefined;
  /** A tree of fields: `f:` before the name of a field, `k:` before the key of an entry. */
  readonly fieldsV1?: unknown;
}

interface LivePodSpec {
  readonly containers: readonly LiveContainer[];
  readonly initContainers?: readonly LiveContainer[] | undefined;
}

interface LiveContainer {
  readonly name: string;
  readonly image?: string | undefined;
  readonly env?: readonly EnvVar[] | undefined;
}

/** The list of the pod in which a container of aws-node stands. */
export const LIST_OF = {
  "aws-node": "containers",
  "aws-vpc-cni-init": "initContainers",
} as const satisfies Record<AwsNodeContainer, keyof LivePodSpec>;

/** The containers of the list in which a container of aws-node stands, in live order. */
export function siblingsOf(daemonSet: LiveDaemonSet, container: AwsNodeContainer): readonly LiveContainer[] {
  return daemonSet.spec.template.spec[LIST_OF[container]] ?? [];
}

/** The `env` list of a container, in live order. */
export function envListOf(daemonSet: LiveDaemonSet, container: AwsNodeContainer): readonly EnvVar[] {
  return siblingsOf(daemonSet, container).find(({ name }) => name === container)?.env ?? [];
}

/** The variables of a container that have a value of their own; Kubernetes leaves an empty one out. */
export function envOf(daemonSet: LiveDaemonSet, container: AwsNodeContainer): Env {
  const own = envListOf(daemonSet, container).filter(({ valueFrom }) => isAbsent(valueFrom));
  return Object.fromEntries(own.map(({ name, value }) => [name, value ?? ""]));
}

/** The version of the CNI by the tag of its image; undefined where the tag is not a version. */
export function cniVersionOf(daemonSet: LiveDaemonSet): string | undefined {
  const { image = "" } = siblingsOf(daemonSet, "aws-node").find(({ name }) => name === "aws-node") ?? {};
  return /:(v?\d+\.\d+\.\d+(?:-eksbuild\.\d+)?)(?:@|$)/.exec(image)?.[1];
}

/** What a plan looks at. */
export function awsNodeFactsOf(daemonSet: LiveDaemonSet): AwsNodeFacts {
  const version = cniVersionOf(daemonSet);
  return {
    ...(version !== undefined && { version }),
    env: envOf(daemonSet, "aws-node"),
    initEnv: envOf(daemonSet, "aws-vpc-cni-init"),
  };
}

/** Whether Kubernetes has nothing there. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
