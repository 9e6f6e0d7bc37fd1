import { newNodeIn } from "../planning/rotation/newNode";
import type { ClusterNode } from "../planning/rotation/observation";
import type { Clock } from "./clock";
import { connectKubernetes, isStatus, KubernetesError, type ApiObject, type Kubernetes } from "./kubernetes";
import type { PodNetworkOutputs } from "./podNetworkOutputs";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";

/** How far the control plane is with reaching pods of the new range. */
export interface ReachProgress {
  /** What is waited for, in one line. */
  readonly waitingFor: string;
  readonly waitedSeconds: number;
}

/** The control plane reached a pod of the new range. */
export interface Reached {
  /** The node that the pod ran on. */
  readonly node: string;
  /** The address at which it was reached. */
  readonly address: string;
  readonly waitedSeconds: number;
}

/** The outside of waiting for the control plane. */
export interface ReachOutside extends ObserverOutside {
  /** Called at every look. */
  readonly onProgress: (progress: ReachProgress) => void;
  /** How long the control plane may take. @default 18000, the five hours that EKS may */
  readonly deadlineSeconds?: number;
  /** How long a first new node may take, within that. @default 900 */
  readonly nodeTimeoutSeconds?: number;
}

/** The control plane does not reach pods of the new range, or nobody can tell. */
export class ReachError extends Error {
  override readonly name = "ReachError";

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

const DEADLINE_SECONDS = 5 * 3_600;
const NODE_TIMEOUT_SECONDS = 900;
const BETWEEN_LOOKS_MS = 5_000;
/** A look that fails is the answer; asking again at once would be waiting out of sight. */
const ONE_ATTEMPT_MS = 0;

const NAMESPACE = "kube-system";
const NAME = "eks-pod-network-canary";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const POD = `${PODS}/${NAME}`;
/** Above 1024: security groups of nodes usually admit 443 and 1025-65535 of the control plane. */
const PORT = 8080;
/** Where the pod finds its configuration, which is an annotation of its own. */
const CONFIG_ANNOTATION = "eks-pod-network.io/corefile";

/** A pod, as far as it is looked at. */
interface CanaryPod extends ApiObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly {
      readonly ready?: boolean;
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } | null };
    }[];
  };
}

/**
 * Waits until the control plane reaches pods of the new range: a pod on a new node is asked through the API server.
 *
 * On EKS it may take up to five hours until the control plane knows a block that was associated with its VPC (EKS user
 * guide, "Amazon EKS networking requirements for VPC and subnets"). The pod answers by CoreDNS' own health check, whose
 * image every cluster has. It is removed whatever comes of it; one that a killed run left behind is taken over, and ends
 * by itself after its deadline.
 *
 * Needs what observing a cluster needs; in Kubernetes get on deployments, and get, create and delete on pods and get on
 * pods/proxy of kube-system.
 *
 * @throws ReachError when there is no new node, its pod does not run or has another address, or it is not reached in time;
 *   KubernetesError; the signal's reason when it is aborted.
 */
export async function awaitControlPlane(
  { podSubnets, podCidrs }: PodNetworkOutputs,
  outside: ReachOutside,
): Promise<Reached> {
  const { clock, signal, kubeConfig, deadlineSeconds = DEADLINE_SECONDS } = outside;
  const kubernetes = connectKubernetes(kubeConfig, outside);
  const beganMs = clock.now();
  const waited = () => Math.round((clock.now() - beganMs) / 1000);
  const image = await imageOfCoreDns(kubernetes);
  const node = await newNode(podSubnets, { ...outside, kubernetes }, waited);
  const cleaner = () => connectKubernetes(kubeConfig, { clock, signal: AbortSignal.timeout(30_000) });
  try {
    await startCanary(kubernetes, canary(node.name, image, deadlineSeconds), outside);
    for (;;) {
      const pod = await kubernetes.get<CanaryPod>(POD);
      const address = pod.status?.podIP;
      const state = stateOf(pod);
      const answer = state === undefined ? await answered(kubernetes) : state;
      if (answer === undefined && address !== undefined) {
        return { node: node.name, address, waitedSeconds: waited() };
      }
      const waitingFor = `pod ${NAME} on ${node.name}${address === undefined ? "" : ` (${address})`}: ${answer ?? ""}`;
      if (waited() >= deadlineSeconds) {
        throw new ReachError(
          `the control plane does not reach pods of ${podCidrs.join(", ")} after ${deadlineSeconds} s: ${waitingFor}`,
          "Run it again to go on waiting: EKS may take five hours. If it takes longer, look whether the security groups of the " +
            `nodes admit the cluster's on TCP ${PORT}, and ask AWS Support to refresh the VPC of the cluster.`,
        );
      }
      outside.onProgress({ waitingFor, waitedSeconds: waited() });
      await clock.sleep(BETWEEN_LOOKS_MS, signal);
    }
  } finally {
    await cleaner().delete(POD);
  }
}

/** A node that has nothing of the old range, and takes pods. */
async function newNode(
  podSubnets: PodNetworkOutputs["podSubnets"],
  outside: ReachOutside & { readonly kubernetes: Kubernetes },
  waited: () => number,
): Promise<ClusterNode> {
  const {
    clock,
    signal,
    deadlineSeconds = DEADLINE_SECONDS,
    nodeTimeoutSeconds = NODE_TIMEOUT_SECONDS,
    onProgress,
  } = outside;
  const timeoutSeconds = Math.min(nodeTimeoutSeconds, deadlineSeconds);
  const observe = observer(outside, podSubnets);
  for (;;) {
    const found = newNodeIn(await observe());
    if (found !== undefined) return found;
    if (waited() >= timeoutSeconds) {
      throw new ReachError(
        `no node has joined with the new settings after ${waited()} s, so there is nothing to reach`,
        "Run it again to go on waiting; look why no node joins: aws eks describe-nodegroup (health), kubectl get nodes. Worker groups need a minSize of 1.",
      );
    }
    onProgress({ waitingFor: "a first node with the new settings to join", waitedSeconds: waited() });
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

async function imageOfCoreDns(kubernetes: Pick<Kubernetes, "get">): Promise<string> {
  type Deployment = ApiObject & {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
    };
  };
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/coredns`;
  const deployment = await kubernetes.get<Deployment>(path).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
    return undefined;
  });
  const image = deployment?.spec.template.spec.containers[0]?.image;
  if (image !== undefined) return image;
  throw new ReachError(
    "the cluster has no Deployment kube-system/coredns, whose image the pod would run",
    "Try it by hand: run a pod that listens above port 1024 on a new node, and ask it by kubectl get --raw " +
      "/api/v1/namespaces/NAMESPACE/pods/POD:PORT/proxy/",
  );
}

/** Makes the pod; one of another run on another node, or one that has ended, makes room first. */
async function startCanary(
  kubernetes: Kubernetes,
  pod: CanaryPod,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    try {
      await kubernetes.create(PODS, pod);
      return;
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      const there = await kubernetes.get<CanaryPod>(POD).catch((gone: unknown) => {
        if (!isStatus(gone, 404)) throw gone;
        return undefined;
      });
      const isAlive = there?.metadata.deletionTimestamp === undefined && there?.status?.phase !== "Failed";
      if (there !== undefined && isAlive && there.spec?.nodeName === pod.spec?.nodeName) return;
      await kubernetes.delete(POD);
      await clock.sleep(1_000, signal);
    }
  }
}

function canary(nodeName: string, image: string, deadlineSeconds: number): CanaryPod {
  const spec = {
    nodeName,
    activeDeadlineSeconds: deadlineSeconds + 600,
    automountServiceAccountToken: false,
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 1,
    tolerations: [{ operator: "Exists" }],
    containers: [
      {
        name: "canary",
        image,
        args: ["-conf", "/etc/coredns/Corefile"],
        ports: [{ name: "health", containerPort: PORT, protocol: "TCP" }],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        // CoreDNS' binary has the capability, and does not start where it may not have it.
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [
      {
        name: "config",
        downwardAPI: {
          items: [
            { path: "Corefile", fieldRef: { fieldPath: `metadata.annotations['${CONFIG_ANNOTATION}']` } },
          ],
        },
      },
    ],
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: { "app.kubernetes.io/managed-by": "eks-pod-network" },
      annotations: { [CONFIG_ANNOTATION]: `.:1053 {\n    health :${PORT}\n}\n` },
    },
    spec,
  };
}

/** What the pod still waits for; nothing once it runs. */
function stateOf({ status = {} }: CanaryPod): string | undefined {
  const { phase = "Pending", podIP, containerStatuses = [] } = status;
  const waiting = containerStatuses
    .map(({ state }) => state?.waiting?.reason)
    .find((one) => one !== undefined);
  if (phase === "Running" && podIP !== undefined && waiting === undefined) return undefined;
  return `it does not run yet (${waiting ?? phase})`;
}

/** Asks the pod through the API server. @returns why there was no answer; nothing when there was one. */
async function answered(kubernetes: Pick<Kubernetes, "get">): Promise<string | undefined> {
  try {
    await kubernetes.get(`${PODS}/${NAME}:${PORT}/proxy/health`, ONE_ATTEMPT_MS);
    return undefined;
  } catch (error) {
    // Who may not ask, will not be told by waiting.
    if (!(error instanceof KubernetesError) || error.status === 401 || error.status === 403) throw error;
    return `no way to it yet (${error.said || `status ${error.status}`})`;
  }
}
