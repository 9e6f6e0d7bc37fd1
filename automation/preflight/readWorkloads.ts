import type { NotSeen } from "../../planning/preflight/finding";
import type { WorkloadPicture } from "../../planning/preflight/workloadPicture";
import type { Kubernetes } from "../kubernetes";
import { readAdmission } from "./readAdmission";
import { readAutoscalers } from "./readAutoscalers";
import { readAwsPermissions, type PermissionsOutside, type PermissionsQuestion } from "./readAwsPermissions";
import { readKubernetesPermissions } from "./readKubernetesPermissions";
import { readPodDemands, readVolumes } from "./readPods";
import { seen } from "./seen";

/** Looks at a part that only the cluster's API tells; says so where that does not answer. */
export type LookAtCluster = <T>(
  what: string,
  look: (kubernetes: Kubernetes) => Promise<T>,
) => Promise<T | NotSeen>;

/**
 * Looks at workloads and at what decides about them.
 *
 * Needs list on pods, persistentvolumes, namespaces, deployments, endpointslices, validatingwebhookconfigurations,
 * mutatingwebhookconfigurations and ec2nodeclasses; what `readAwsPermissions` needs.
 *
 * @param asking what is asked about permissions, once it is known whose the nodes are.
 */
export async function readWorkloads(
  outside: PermissionsOutside,
  asking: Promise<PermissionsQuestion>,
  ofCluster: LookAtCluster,
): Promise<WorkloadPicture> {
  const [podDemands, volumes, admission, autoscalers, kubernetesPermissions, awsPermissions] =
    await Promise.all([
      ofCluster("what pods demand of nodes", readPodDemands),
      ofCluster("the volumes", readVolumes),
      ofCluster("the admission webhooks", readAdmission),
      ofCluster("Karpenter and the cluster autoscalers", readAutoscalers),
      ofCluster("the permissions in the cluster", async (kubernetes) =>
        readKubernetesPermissions(kubernetes, (await asking).wanted),
      ),
      seen("the permissions in AWS", async () => readAwsPermissions(outside, await asking)),
    ]);
  return { podDemands, volumes, admission, autoscalers, kubernetesPermissions, awsPermissions };
}
