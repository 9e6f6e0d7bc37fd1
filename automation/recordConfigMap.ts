import type { ApiObject } from "./kubernetes";

/** Where the ConfigMaps of kube-system are, in which we remember what can't be observed. */
export const CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";

/** A ConfigMap that holds one record, as JSON under the key `record`. */
export interface RecordConfigMap extends ApiObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The ConfigMap of a record, with the label by which people see whose it is. */
export function recordConfigMap(name: string, record: unknown): RecordConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: "kube-system",
      labels: { "app.kubernetes.io/managed-by": "eks-pod-network" },
    },
    data: { record: JSON.stringify(record, null, 2) },
  };
}
