import type { Clock } from "./clock";
import { isStatus, KubernetesError, type ApiObject, type Kubernetes } from "./kubernetes";

const NAMESPACE = "kube-system";
/** Of the pod that the control plane is to reach. */
export const CANARY_NAME = "eks-pod-network-canary";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
/** Where the API server has it. */
export const CANARY_PATH = `${PODS}/${CANARY_NAME}`;
/** Above 1024: security groups of nodes usually admit 443 and 1025-65535 of the control plane. */
export const CANARY_PORT = 8080;
/** A look that fails is the answer; asking again at once would be waiting out of sight. */
const ONE_ATTEMPT_MS = 0;
/** Where the pod finds its configuration, which is an annotation of its own. */
const CONFIG_ANNOTATION = "eks-pod-network.io/corefile";

/** The pod, as far as it is looked at. */
export interface CanaryPod extends ApiObject {
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

/** With what the pod is made. */
interface CanaryOutside {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called at every look at one that is in the way; what it throws ends the waiting. */
  readonly onInTheWay: () => void;
}

/**
 * Makes the pod; one of another run on another node, or one that has ended, makes room first.
 *
 * @throws KubernetesError; what `onInTheWay` throws; the signal's reason when it is aborted.
 */
export async function startCanary(
  kubernetes: Pick<Kubernetes, "create" | "get" | "delete">,
  pod: CanaryPod,
  { clock, signal, onInTheWay }: CanaryOutside,
): Promise<void> {
  for (;;) {
    try {
      await kubernetes.create(PODS, pod);
      return;
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      const there = await kubernetes.get<CanaryPod>(CANARY_PATH).catch((gone: unknown) => {
        if (!isStatus(gone, 404)) throw gone;
        return undefined;
      });
      const isAlive = there?.metadata.deletionTimestamp === undefined && there?.status?.phase !== "Failed";
      if (there !== undefined && isAlive && there.spec?.nodeName === pod.spec?.nodeName) return;
      await kubernetes.delete(CANARY_PATH);
      onInTheWay();
      await clock.sleep(1_000, signal);
    }
  }
}

/**
 * A pod that answers, which ends by itself some time after the deadline.
 *
 * @param image CoreDNS, by whose health check it answers.
 */
export function canaryPod(nodeName: string, image: string, deadlineSeconds: number): CanaryPod {
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
        ports: [{ name: "health", containerPort: CANARY_PORT, protocol: "TCP" }],
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
      name: CANARY_NAME,
      namespace: NAMESPACE,
      labels: { "app.kubernetes.io/managed-by": "eks-pod-network" },
      annotations: { [CONFIG_ANNOTATION]: `.:1053 {\n    health :${CANARY_PORT}\n}\n` },
    },
    spec,
  };
}

/** What the pod still waits for; nothing once it runs. */
export function whyNotRunning({ status = {} }: CanaryPod): string | undefined {
  const { phase = "Pending", podIP, containerStatuses = [] } = status;
  const waiting = containerStatuses
    .map(({ state }) => state?.waiting?.reason)
    .find((one) => one !== undefined);
  if (phase === "Running" && podIP !== undefined && waiting === undefined) return undefined;
  return `it does not run yet (${waiting ?? phase})`;
}

/** Asks the pod through the API server. @returns why there was no answer; nothing when there was one. */
export async function askCanary(kubernetes: Pick<Kubernetes, "get">): Promise<string | undefined> {
  try {
    await kubernetes.get(`${PODS}/${CANARY_NAME}:${CANARY_PORT}/proxy/health`, ONE_ATTEMPT_MS);
    return undefined;
  } catch (error) {
    // Who may not ask, will not be told by waiting.
    if (!(error instanceof KubernetesError) || error.status === 401 || error.status === 403) throw error;
    return `no way to it yet (${error.said || `status ${error.status}`})`;
  }
}
