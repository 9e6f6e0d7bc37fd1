import { randomBytes } from "node:crypto";
import { listed } from "../../planning/amounts";
import type { Observation } from "../../planning/rotation/observation";
import {
  judgeSmokeTest,
  newNodesOnly,
  smokeNodes,
  type SmokePod,
  type SmokeTest,
} from "../../planning/verification/smokeTest";
import { connectKubernetes, isStatus, type ApiObject, type Kubernetes } from "../kubernetes";
import type { ObserverOutside } from "../rotation/outside";
import { slimPod, type ApiPod } from "../rotation/slim";
import { tidied } from "../tidied";
import type { VerificationEvent } from "./verificationEvent";

/** As in the sample deployment of the EKS user guide, "Deploy a sample application on Linux". */
export const DEFAULT_SMOKE_IMAGE = "public.ecr.aws/nginx/nginx:1.23";

const REPLICAS = 10;
/** For an image to be pulled, and an autoscaler to make a node. */
const TIMEOUT_MS = 300_000;
/** Pods have a few seconds to end; a namespace goes when its last object has. */
const REMOVAL_TIMEOUT_MS = 120_000;
const POLL_MS = 1_000;

const NAMESPACES = "/api/v1/namespaces";
const NAME = "eks-pod-network-smoke";
const LABELS = { "app.kubernetes.io/name": NAME, "app.kubernetes.io/managed-by": "eks-pod-network" };
/** When the test that made a namespace has ended for sure, by the clock of its computer. */
const OVER_BY = "eks-pod-network.io/over-by";

/** What a smoke test is made with. */
export interface SmokeTestOutside extends Pick<ObserverOutside, "kubeConfig" | "clock" | "signal"> {
  /** The cluster as it is whenever this is called. */
  readonly observe: () => Promise<Observation>;
  readonly onEvent: (event: VerificationEvent) => void;
}

/**
 * Tries new pods: ten of nginx, spread over the zones of the new nodes, in a namespace of their own. Each must become
 * ready on a new node, with an address of the pod subnets. The namespace is removed whatever happens; where this process
 * is killed, the next smoke test removes it, once it is too old to be of another one that is running.
 *
 * Needs, in Kubernetes, list, create, get and delete on namespaces, create on deployments, list on pods.
 *
 * @throws KubernetesError; the signal's reason.
 */
export async function smokeTest(
  { kubeConfig, clock, signal, observe, onEvent }: SmokeTestOutside,
  image: string,
): Promise<SmokeTest> {
  const kubernetes = connectKubernetes(kubeConfig, { clock, signal });
  // What ends a test must not end its tidying up.
  const tidying = connectKubernetes(kubeConfig, { clock, signal: new AbortController().signal });
  await removeLeftOvers(kubernetes, clock.now());
  const asked = { image, replicas: REPLICAS, timeoutSeconds: TIMEOUT_MS / 1000 };
  const before = await observe();
  if (smokeNodes(before).length === 0) {
    const failures = ["no node is new, ready and not cordoned, so there is nowhere to try new pods"];
    return { ...judgeSmokeTest([], before, asked), failures };
  }
  const namespace = `${NAME}-${randomBytes(4).toString("hex")}`;
  const path = `${NAMESPACES}/${namespace}`;
  const overBy = new Date(clock.now() + TIMEOUT_MS + REMOVAL_TIMEOUT_MS).toISOString();
  return tidied(tryPods, removeNamespace);

  async function tryPods(): Promise<SmokeTest> {
    await kubernetes.create(NAMESPACES, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: LABELS, annotations: { [OVER_BY]: overBy } },
    });
    await kubernetes.create(
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      deployment(namespace, image, newNodesOnly(before)),
    );
    const pods = await settledPods();
    return judgeSmokeTest(pods, await observe(), asked);
  }

  async function removeNamespace(): Promise<void> {
    await tidying.delete(path);
    if (!signal.aborted) {
      onEvent({ type: "smokeRemoving", namespace });
      await untilGone();
    }
  }

  /** The pods when all are ready, or as they are when their time is over. */
  async function settledPods(): Promise<SmokePod[]> {
    const deadline = clock.now() + TIMEOUT_MS;
    let told = -1;
    for (;;) {
      const pods = await kubernetes.list(`/api/v1/namespaces/${namespace}/pods`, smokePod);
      const ready = pods.filter(({ isReady }) => isReady).length;
      if (ready !== told) onEvent({ type: "smokePods", namespace, ready, of: REPLICAS });
      told = ready;
      if (ready >= REPLICAS || clock.now() > deadline) return pods;
      await clock.sleep(POLL_MS, signal);
    }
  }

  async function untilGone(): Promise<void> {
    const deadline = clock.now() + REMOVAL_TIMEOUT_MS;
    while (clock.now() <= deadline) {
      const isGone = await kubernetes.get(path).then(
        () => false,
        (error: unknown) => {
          if (isStatus(error, 404)) return true;
          throw error;
        },
      );
      if (isGone) return;
      await clock.sleep(POLL_MS, signal);
    }
  }
}

/** Removes the namespaces of tests whose process was killed. */
async function removeLeftOvers(kubernetes: Kubernetes, nowMs: number): Promise<void> {
  const found = await kubernetes.list(NAMESPACES, ({ metadata }: ApiObject) => metadata, {
    labelSelector: Object.entries(LABELS)
      .map((pair) => pair.join("="))
      .join(),
  });
  for (const { name, annotations } of found) {
    if (Date.parse(annotations?.[OVER_BY] ?? "") < nowMs) await kubernetes.delete(`${NAMESPACES}/${name}`);
  }
}

/** @param onlyOn nodes that it may come to, where it is not all. */
function deployment(namespace: string, image: string, onlyOn: ReturnType<typeof newNodesOnly>): ApiObject {
  const labels = { app: NAME };
  const isLinux = { key: "kubernetes.io/os", operator: "In", values: ["linux"] };
  const matchExpressions = [isLinux, ...(onlyOn === undefined ? [] : [{ ...onlyOn, operator: "In" }])];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
            },
          },
          topologySpreadConstraints: [
            {
              topologyKey: "topology.kubernetes.io/zone",
              maxSkew: 1,
              whenUnsatisfiable: "DoNotSchedule",
              // A zone of tainted nodes alone is none that pods could be spread over.
              nodeTaintsPolicy: "Honor",
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [{ name: "nginx", image, ports: [{ containerPort: 80 }] }],
        },
      },
    },
  } as ApiObject;
}

/** A Pod as the API server writes it, with what says why it is not ready. */
interface ApiSmokePod extends ApiPod {
  readonly status?: Omit<NonNullable<ApiPod["status"]>, "conditions"> & {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

function smokePod(pod: ApiSmokePod): SmokePod {
  const { conditions = [], containerStatuses = [] } = pod.status ?? {};
  const waiting = containerStatuses.flatMap(({ state }) => state?.waiting ?? []);
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const because =
    unscheduled?.message ??
    listed(waiting.map(({ reason, message }) => [reason, message].filter(Boolean).join(": ")));
  return { ...slimPod(pod), ...(because !== "" && { because }) };
}
