import type { ApiObject } from "../../automation/kubernetes";
import type { SandboxRecord } from "../../sandbox/sandbox";
import { clusterOf } from "../automation/rotation/podNetwork";

/** An ENIConfig as a cluster has it. */
export interface WrittenEniConfig {
  readonly name: string;
  readonly subnet: string;
  /** Sorted; undefined where it leaves them to the CNI. */
  readonly securityGroups: readonly string[] | undefined;
}

/** The ENIConfigs of a cluster, by name. */
export async function eniConfigsOf(record: SandboxRecord): Promise<WrittenEniConfig[]> {
  type EniConfig = ApiObject & {
    readonly spec: { readonly subnet: string; readonly securityGroups?: readonly string[] };
  };
  const written = await clusterOf(record).kubernetes.list(
    "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs",
    ({ metadata: { name }, spec: { subnet, securityGroups } }: EniConfig) => ({
      name,
      subnet,
      securityGroups: securityGroups && [...securityGroups].sort(),
    }),
  );
  return written.sort((a, b) => (a.name < b.name ? -1 : 1));
}
