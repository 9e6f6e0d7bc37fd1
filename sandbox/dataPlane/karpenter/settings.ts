import type { V1Deployment } from "@kubernetes/client-node";
import type { ApiServer } from "../cluster/apiServer";

/** What Karpenter is told by the environment of its container. */
export interface KarpenterSettings {
  /** CLUSTER_NAME. */
  readonly clusterName: string;
  /** RESERVED_ENIS: ENIs that it leaves out of its count of max pods. */
  readonly reservedEnis: number;
}

const DEPLOYMENTS = "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io%2Fname%3Dkarpenter";

/** Looks for Karpenter's Deployment. @returns nothing where there is none with a Ready pod: then nobody acts. */
export async function readSettings(api: Pick<ApiServer, "call">): Promise<KarpenterSettings | undefined> {
  const { items } = await api.call<{ items: V1Deployment[] }>("GET", DEPLOYMENTS);
  const deployment = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  const env = deployment?.spec?.template.spec?.containers.flatMap((container) => container.env ?? []) ?? [];
  const valueOf = (name: string) => env.find((one) => one.name === name)?.value;
  const clusterName = valueOf("CLUSTER_NAME");
  if (clusterName === undefined) return undefined;
  return { clusterName, reservedEnis: Number(valueOf("RESERVED_ENIS") ?? 0) };
}
