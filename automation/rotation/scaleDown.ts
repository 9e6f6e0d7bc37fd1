import { isStatus, type Kubernetes } from "../kubernetes";

/**
 * Keeps the cluster autoscaler from ending a node because it is little used
 * (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md).
 */
const DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
/** Says that the former is ours. */
const IS_OURS = "eks-pod-network.io/scale-down-disabled";

/** Whether a node is kept from the cluster autoscaler by a rotation. */
export function isKeptFromScaleDown(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[IS_OURS] !== undefined;
}

/**
 * Keeps the cluster autoscaler from ending a node while a rotation lasts: an old one that is being drained, a new one that
 * still waits for pods. A node that has the annotation already, and one that is gone, is left alone.
 *
 * @throws KubernetesError
 */
export async function keepFromScaleDown(
  kubernetes: Kubernetes,
  { name, annotations }: { readonly name: string; readonly annotations: Readonly<Record<string, string>> },
): Promise<void> {
  if (annotations[DISABLED] !== undefined) return;
  await annotate(kubernetes, name, { [DISABLED]: "true", [IS_OURS]: "true" });
}

/** Takes that back from a node that {@link isKeptFromScaleDown}. @throws KubernetesError */
export async function allowScaleDown(kubernetes: Kubernetes, name: string): Promise<void> {
  await annotate(kubernetes, name, { [DISABLED]: null, [IS_OURS]: null });
}

async function annotate(
  kubernetes: Kubernetes,
  name: string,
  annotations: Readonly<Record<string, string | null>>,
): Promise<void> {
  await kubernetes.patch(`/api/v1/nodes/${name}`, { metadata: { annotations } }).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
}
