import type { ClusterPod } from "../../planning/rotation/observation";
import { isRestarted } from "../../planning/rotation/podVerdict";
import { restartable, startsNewPodFirst, type Deployment } from "../../planning/rotation/singleReplicas";
import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";
import type { ActingTools } from "./outside";

/** What `kubectl rollout restart` sets on the template, so that all pods are made anew. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
/** Of a Deployment and each of its ReplicaSets: which of them is the current one. */
const REVISION = "deployment.kubernetes.io/revision";

interface ApiDeployment extends ApiObject {
  readonly metadata: ApiObject["metadata"] & { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: {
        readonly maxUnavailable?: number | string;
        readonly maxSurge?: number | string;
      };
    };
    readonly template?: {
      readonly spec?: {
        readonly volumes?: readonly {
          readonly persistentVolumeClaim?: object;
          readonly ephemeral?: object;
        }[];
      };
    };
  };
  readonly status?: { readonly observedGeneration?: number };
}

/** Keeps of a Deployment what decides about a rolling restart; what is left out has the API server's defaults. */
export function slimDeployment({ metadata, spec = {} }: ApiDeployment): Deployment {
  const { type = "RollingUpdate", rollingUpdate = {} } = spec.strategy ?? {};
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    replicas: spec.replicas ?? 1,
    isPaused: spec.paused === true,
    strategy: type,
    maxUnavailable: rollingUpdate.maxUnavailable ?? "25%",
    maxSurge: rollingUpdate.maxSurge ?? "25%",
    hasClaims: (spec.template?.spec?.volumes ?? []).some(
      ({ persistentVolumeClaim, ephemeral }) =>
        persistentVolumeClaim !== undefined || ephemeral !== undefined,
    ),
  };
}

/** The ReplicaSets whose only pod a rolling restart moves, by their UIDs. Needs list on deployments. @throws KubernetesError */
export async function readRestartable(
  kubernetes: Kubernetes,
  pods: readonly ClusterPod[],
): Promise<ReadonlyMap<string, Deployment>> {
  const deployments = await kubernetes.list("/apis/apps/v1/deployments", slimDeployment);
  return restartable(pods, deployments);
}

/** Restarts workloads of one replica. */
export interface Restarts {
  /** The ReplicaSets whose only pod moves so, by their UIDs. */
  readonly restarted: ReadonlySet<string>;
  /** Looks anew at which these are. @throws KubernetesError */
  look(pods: readonly ClusterPod[]): Promise<void>;
  /**
   * Restarts the Deployments of pods that leave, where no roll-out is at it already: also that of an earlier process.
   *
   * @throws KubernetesError; LeaseLostError
   */
  restart(leaving: readonly ClusterPod[]): Promise<void>;
}

/** None are restarted. */
export const NO_RESTARTS: Restarts = {
  restarted: new Set(),
  look: () => Promise.resolve(),
  restart: () => Promise.resolve(),
};

/**
 * Restarts Deployments of one replica as `kubectl rollout restart` does. Their old node is out of service, so the new pod
 * starts elsewhere; the Deployment's controller ends the old one when the new one is available.
 *
 * Needs list, get and patch on deployments, and get on replicasets.
 */
export function restartsBy({ kubernetes, clock, emit, lease }: ActingTools): Restarts {
  let found: ReadonlyMap<string, Deployment> = new Map();
  const restarted = new Set<string>();
  const done = new Set<string>();
  return {
    restarted,
    look: async (pods) => {
      found = await readRestartable(kubernetes, pods);
      restarted.clear();
      for (const uid of found.keys()) restarted.add(uid);
    },
    restart: async (leaving) => {
      for (const pod of leaving) {
        const uid = pod.controller?.uid ?? "";
        const deployment = found.get(uid);
        if (deployment === undefined || done.has(uid) || !isRestarted(pod, { restarted })) continue;
        const part = await partOf(kubernetes, deployment, pod);
        if (part === "unknown") continue;
        if (part === "changed") {
          restarted.delete(uid);
          continue;
        }
        if (part === "current") {
          await lease.assertHeld();
          await kubernetes.patch(pathOf(deployment), {
            spec: {
              template: {
                metadata: { annotations: { [RESTARTED_AT]: new Date(clock.now()).toISOString() } },
              },
            },
          });
          const { namespace, name } = deployment;
          emit({ type: "restarted", node: pod.nodeName ?? "", deployment: `${namespace}/${name}` });
        }
        done.add(uid);
      }
    },
  };
}

/** What a pod is to its Deployment. */
type Part =
  /** Of its newest ReplicaSet. */
  | "current"
  /** Of an older one, so that a roll-out is replacing it already; or there is no Deployment any more. */
  | "replaced"
  /** Of one that a rolling restart would not move gently any more. */
  | "changed"
  /** The Deployment's controller has not looked at its last change yet, which may be a restart. */
  | "unknown";

async function partOf(
  kubernetes: Kubernetes,
  deployment: Deployment,
  { controller }: ClusterPod,
): Promise<Part> {
  const set = `/apis/apps/v1/namespaces/${deployment.namespace}/replicasets/${controller?.name ?? ""}`;
  try {
    const found = await kubernetes.get<ApiDeployment>(pathOf(deployment));
    if (!startsNewPodFirst(slimDeployment(found))) return "changed";
    const { metadata, status } = found;
    if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return "unknown";
    const replicaSet = await kubernetes.get(set);
    const isNewest = metadata.annotations?.[REVISION] === replicaSet.metadata.annotations?.[REVISION];
    return isNewest ? "current" : "replaced";
  } catch (error) {
    if (isStatus(error, 404)) return "replaced";
    throw error;
  }
}

function pathOf({ namespace, name }: Deployment): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}
