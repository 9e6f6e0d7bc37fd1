import type { NotSeen } from "./finding";
import type { Permissions } from "./permissionNeeds";
import type { Admission, Autoscalers, PodDemands, VolumeFacts } from "./podFacts";

/** What can be seen of workloads, and of what decides about them. */
export interface WorkloadPicture {
  /** Of every pod. */
  readonly podDemands: readonly PodDemands[] | NotSeen;
  /** Volumes that are bound to a claim. */
  readonly volumes: readonly VolumeFacts[] | NotSeen;
  readonly admission: Admission | NotSeen;
  readonly autoscalers: Autoscalers | NotSeen;
  /** What the caller may do in AWS. */
  readonly awsPermissions: Permissions | NotSeen;
  /** What the kubeconfig's user may do in the cluster. */
  readonly kubernetesPermissions: Permissions | NotSeen;
}
