import type {
  KubernetesObject,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1StorageClass,
  V1VolumeAttachment,
} from "@kubernetes/client-node";
import type { ApiServer } from "../cluster/apiServer";
import { follow } from "../cluster/collection";

/** The name of the EBS CSI driver. */
export const EBS_DRIVER = "ebs.csi.aws.com";

/** The cluster's persistent volumes, as far as the EBS CSI driver and kubelets look at them; kept up to date. */
export class VolumeView {
  /** By namespace and name, with a slash between. */
  readonly claims = new Map<string, V1PersistentVolumeClaim>();
  readonly volumes = new Map<string, V1PersistentVolume>();
  readonly attachments = new Map<string, V1VolumeAttachment>();
  readonly classes = new Map<string, V1StorageClass>();
  /** Whether the driver is installed. */
  isInstalled = false;

  private isTold = false;

  /** @param changed is called soon after changes, once for many. */
  constructor(private readonly changed: () => void) {}

  /** Starts to follow, and returns when everything was listed once. */
  async follow(
    api: ApiServer,
    outside: { readonly log: (line: string) => void; readonly signal: AbortSignal },
  ): Promise<void> {
    const drivers = new Map<string, KubernetesObject>();
    const keep = <T extends KubernetesObject>(path: string, known: Map<string, T>) =>
      follow(api, path, (object) => object as T, this.listener(known, drivers), outside);
    const storage = "/apis/storage.k8s.io/v1";
    await Promise.all([
      keep("/api/v1/persistentvolumeclaims", this.claims),
      keep("/api/v1/persistentvolumes", this.volumes),
      keep(`${storage}/volumeattachments`, this.attachments),
      keep(`${storage}/storageclasses`, this.classes),
      keep(`${storage}/csidrivers`, drivers),
    ]);
  }

  /**
   * Whether every claim of a pod is bound, and its volume attached to the pod's node. Volumes of other drivers need no
   * attaching here.
   */
  areAttached(namespace: string, claims: readonly string[], nodeName: string): boolean {
    return claims.every((name) => {
      const volumeName = this.claims.get(`${namespace}/${name}`)?.spec?.volumeName;
      const volume = volumeName === undefined ? undefined : this.volumes.get(volumeName);
      if (volume === undefined) return false;
      return volume.spec?.csi?.driver !== EBS_DRIVER || this.isAttached(volumeName, nodeName);
    });
  }

  private isAttached(volumeName: string | undefined, nodeName: string): boolean {
    return [...this.attachments.values()].some(
      ({ spec, status }) =>
        spec.nodeName === nodeName &&
        spec.source.persistentVolumeName === volumeName &&
        status?.attached === true,
    );
  }

  private listener<T extends KubernetesObject>(known: Map<string, T>, drivers: Map<string, unknown>) {
    const changed = () => {
      this.isInstalled = drivers.has(EBS_DRIVER);
      if (this.isTold) return;
      this.isTold = true;
      setTimeout(() => {
        this.isTold = false;
        this.changed();
      }, TOLD_WITHIN_MS).unref();
    };
    return {
      replaced: (objects: readonly T[]) => {
        known.clear();
        for (const object of objects) known.set(keyOf(object), object);
        changed();
      },
      changed: (object: T) => {
        known.set(keyOf(object), object);
        changed();
      },
      removed: (object: T) => {
        known.delete(keyOf(object));
        changed();
      },
    };
  }
}

/** A claim, its volume and its attachment change together. */
const TOLD_WITHIN_MS = 20;

/** By its name, after its namespace where it has one. */
function keyOf({ metadata }: KubernetesObject): string {
  const name = metadata?.name ?? "";
  return metadata?.namespace === undefined ? name : `${metadata.namespace}/${name}`;
}
