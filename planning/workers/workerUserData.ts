import type { ClusterCoordinates, Taint } from "../userData/nodeSettings";
import { nodeUserData } from "../userData/nodeUserData";
import type { WorkerPlan } from "./planWorkers";
import type { WorkerRequest } from "./workerRequest";

/** A group whose nodes must be told how to join. */
export interface JoiningGroup {
  readonly clusterName: string;
  readonly cluster: ClusterCoordinates;
  /** Of the group in its zone. */
  readonly nodeGroupName: string;
  /** Of the nodes, that of the ENIConfig included. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The user data of nodes with an image of one's own, for which EKS writes none; none where EKS chooses the image.
 *
 * The label of the managed node group is among it: EKS sets it only in user data of its own, and a rotation, as other
 * programs, knows by it whose a node is.
 *
 * @throws InvalidInputError
 */
export function workerUserData(
  { kind, hasImage, osFamily }: Pick<WorkerRequest, "kind" | "hasImage" | "osFamily">,
  { taints, maxPods, maxPodsExpression }: WorkerPlan,
  { clusterName, cluster, nodeGroupName, labels }: JoiningGroup,
): string | undefined {
  if (!hasImage || osFamily === undefined) return undefined;
  const isManaged = kind === "managed";
  const { text } = nodeUserData(osFamily, isManaged ? "own-ami" : "self-managed", {
    clusterName,
    cluster,
    maxPods,
    maxPodsExpression,
    labels: sorted({ ...labels, ...(isManaged && { "eks.amazonaws.com/nodegroup": nodeGroupName }) }),
    taints: taints as readonly Taint[],
  });
  return text;
}

/** EKS answers labels in another order than it was told; user data that follows them would change with it. */
function sorted(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
