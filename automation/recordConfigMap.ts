import type { z } from "zod";
import { isStatus, type ApiObject, type Kubernetes } from "./kubernetes";

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

/** A ConfigMap of ours is not what this version of the project writes. */
export class UnreadableRecordError extends Error {
  override readonly name = "UnreadableRecordError";
  readonly fix = "Use the version that wrote it, or look at what it says and delete it.";

  constructor(name: string) {
    super(
      `ConfigMap kube-system/${name} can't be read: another version of eks-pod-network wrote it, or a hand`,
    );
  }
}

/**
 * Reads a record back.
 *
 * @returns none where there is no ConfigMap of that name.
 * @throws UnreadableRecordError, KubernetesError
 */
export async function readRecordAt<S extends z.ZodType>(
  kubernetes: Pick<Kubernetes, "get">,
  name: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  try {
    const { data = {} } = await kubernetes.get<RecordConfigMap>(`${CONFIG_MAPS}/${name}`);
    const read = schema.safeParse(JSON.parse(data.record ?? "null"));
    if (read.success) return read.data;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnreadableRecordError(name);
}
