import { newNodeIn } from "../planning/rotation/newNode";
import type { ClusterNode } from "../planning/rotation/observation";
import {
  askCanary,
  CANARY_NAME,
  CANARY_PATH,
  CANARY_PORT,
  canaryPod,
  startCanary,
  whyNotRunning,
  type CanaryPod,
} from "./canaryPod";
import { connectKubernetes, isStatus, type ApiObject, type Kubernetes } from "./kubernetes";
import type { PodNetworkOutputs } from "./podNetworkOutputs";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";
import { tidied } from "./tidied";

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
  return tidied(untilReached, () => cleaner().delete(CANARY_PATH));

  /** @throws ReachError once the control plane may not take longer. */
  function waitOn(waitingFor: string, fix: string): void {
    if (waited() >= deadlineSeconds) {
      throw new ReachError(
        `the control plane does not reach pods of ${podCidrs.join(", ")} after ${deadlineSeconds} s: ${waitingFor}`,
        fix,
      );
    }
    outside.onProgress({ waitingFor, waitedSeconds: waited() });
  }

  async function untilReached(): Promise<Reached> {
    await startCanary(kubernetes, canaryPod(node.name, image, deadlineSeconds), {
      ...{ clock, signal },
      onInTheWay: () => {
        waitOn(`pod ${CANARY_NAME} of another run to go`, GOES_NOT);
      },
    });
    for (;;) {
      const pod = await kubernetes.get<CanaryPod>(CANARY_PATH);
      const address = pod.status?.podIP;
      const answer = whyNotRunning(pod) ?? (await askCanary(kubernetes));
      if (answer === undefined && address !== undefined) {
        return { node: node.name, address, waitedSeconds: waited() };
      }
      const where = address === undefined ? "" : ` (${address})`;
      waitOn(`pod ${CANARY_NAME} on ${node.name}${where}: ${answer ?? ""}`, IS_NOT_REACHED);
      await clock.sleep(BETWEEN_LOOKS_MS, signal);
    }
  }
}

const IS_NOT_REACHED =
  "Run it again to go on waiting: EKS may take five hours. If it takes longer, look whether the security groups of the " +
  `nodes admit the cluster's on TCP ${CANARY_PORT}, and ask AWS Support to refresh the VPC of the cluster.`;
const GOES_NOT = `Look why it does not go: kubectl describe pod -n kube-system ${CANARY_NAME}`;

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
  const path = "/apis/apps/v1/namespaces/kube-system/deployments/coredns";
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
