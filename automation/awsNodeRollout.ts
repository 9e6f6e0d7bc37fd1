import { fromEnv } from "../planning/awsNode/env";
import { ENV_TABLE } from "../planning/awsNode/envTable";
import type { AwsNodeSetting, AwsNodeSettings } from "../planning/awsNode/settings";
import { POD_NETWORK_SETTINGS } from "../planning/podNetwork/awsNodeSettings";
import { containerOf, envOf, getAwsNode, type AwsNodeDaemonSet } from "./awsNodeDaemonSet";
import type { Clock } from "./clock";
import type { Kubernetes } from "./kubernetes";

/** How far aws-node's pods are with what its DaemonSet says today. */
export interface AwsNodeProgress {
  /** Nodes that should have a pod of it. */
  readonly nodes: number;
  /** Nodes whose pod has the settings of today. */
  readonly updated: number;
  /** Of those, how many are available. */
  readonly available: number;
}

/** The outside of waiting for aws-node. */
export interface AwsNodeOutside {
  readonly kubernetes: Pick<Kubernetes, "get">;
  readonly clock: Clock;
  /** Called whenever the progress is another one. */
  readonly onProgress: (progress: AwsNodeProgress) => void;
  readonly signal: AbortSignal;
  /** What it is to have. @default the settings of a pod network */
  readonly settings?: AwsNodeSettings;
  /** @default 900 */
  readonly timeoutSeconds?: number;
}

/** aws-node does not run with the settings of a pod network. */
export class AwsNodeError extends Error {
  override readonly name = "AwsNodeError";

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

const TIMEOUT_SECONDS = 900;
const BETWEEN_LOOKS_MS = 1_000;

/**
 * Waits until aws-node runs on every node with its settings.
 *
 * EKS reports an add-on as ACTIVE by rules of its own, and leaves variables alone that somebody else owns: so it is
 * the DaemonSet that is looked at.
 *
 * @throws AwsNodeError when the DaemonSet has other settings, or its pods don't follow in time; KubernetesError;
 *   the signal's reason when it is aborted.
 */
export async function awaitAwsNode({
  kubernetes,
  clock,
  onProgress,
  signal,
  settings = POD_NETWORK_SETTINGS,
  timeoutSeconds = TIMEOUT_SECONDS,
}: AwsNodeOutside): Promise<AwsNodeProgress> {
  const deadline = clock.now() + timeoutSeconds * 1000;
  let last = "";
  for (;;) {
    const daemonSet = await getAwsNode(kubernetes);
    const progress = progressOf(daemonSet);
    const wrong = wrongSettings(daemonSet, settings);
    if (wrong.length === 0 && isDone(daemonSet, progress)) return progress;
    if (JSON.stringify(progress) !== last) {
      last = JSON.stringify(progress);
      onProgress(progress);
    }
    if (clock.now() >= deadline) throw tooLate(progress, wrong, timeoutSeconds);
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

function progressOf({ status = {} }: AwsNodeDaemonSet): AwsNodeProgress {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  return { nodes: desiredNumberScheduled, updated: updatedNumberScheduled, available: numberAvailable };
}

function isDone(
  { metadata, status }: AwsNodeDaemonSet,
  { nodes, updated, available }: AwsNodeProgress,
): boolean {
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isSeen && updated === nodes && available === nodes;
}

/** The settings that the DaemonSet has not, as `VARIABLE=value`. */
function wrongSettings(daemonSet: AwsNodeDaemonSet, wanted: AwsNodeSettings): string[] {
  const { settings } = fromEnv(envOf(containerOf(daemonSet, "aws-node")));
  return Object.entries(wanted).flatMap(([name, value]) =>
    settings[name as AwsNodeSetting] === value
      ? []
      : [`${ENV_TABLE[name as AwsNodeSetting].env}=${String(value)}`],
  );
}

function tooLate(
  { nodes, updated, available }: AwsNodeProgress,
  wrong: readonly string[],
  timeoutSeconds: number,
): AwsNodeError {
  if (wrong.length > 0) {
    return new AwsNodeError(
      `aws-node has not ${wrong.join(", ")}, ${timeoutSeconds} s after the add-on was given it`,
      "Somebody else owns the variable, and the add-on leaves it alone. See who by kubectl get daemonset aws-node " +
        "-n kube-system -o yaml --show-managed-fields, and remove it there.",
    );
  }
  return new AwsNodeError(
    `of ${nodes} nodes, ${updated} have aws-node with its settings of today and ${available} an available one, after ${timeoutSeconds} s`,
    "Look at the pods that are not: kubectl get pods -n kube-system -l k8s-app=aws-node -o wide",
  );
}
