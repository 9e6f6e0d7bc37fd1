import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import { EBS_DRIVER } from "./volumeView";

/** The annotation by which the controller manager hands a claim to its driver. */
const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
/** The annotation by which the scheduler says for which node. */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** The annotation of volumes whose driver deletes them. */
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
const PROVISIONER_FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";

/** A volume that is to be made for a claim. */
export interface WantedVolume {
  /** The name of the PersistentVolume. */
  readonly name: string;
  /** For which node; nothing where the class does not wait for one. */
  readonly nodeName: string | undefined;
  readonly sizeGib: number;
  /** EBS's volume type. */
  readonly type: string;
}

/**
 * The volume that a claim waits for from this driver. Nothing for claims that are bound, that are another driver's, and
 * that wait for their first pod.
 *
 * Source: kubernetes-csi/external-provisioner and kubernetes-sigs/aws-ebs-csi-driver.
 */
export function wantedVolume(
  { metadata, spec }: V1PersistentVolumeClaim,
  classes: ReadonlyMap<string, V1StorageClass>,
): WantedVolume | undefined {
  const annotations = metadata?.annotations ?? {};
  const storageClass = classes.get(spec?.storageClassName ?? "");
  if (annotations[PROVISIONER] !== EBS_DRIVER || storageClass === undefined) return undefined;
  if (spec?.volumeName !== undefined || metadata?.deletionTimestamp !== undefined) return undefined;
  const nodeName = annotations[SELECTED_NODE];
  if (storageClass.volumeBindingMode === "WaitForFirstConsumer" && nodeName === undefined) return undefined;
  return {
    name: `pvc-${metadata?.uid ?? ""}`,
    nodeName,
    sizeGib: gib(spec?.resources?.requests?.storage ?? "1Gi"),
    type: storageClass.parameters?.type ?? "gp3",
  };
}

/** The PersistentVolume of an EBS volume, which is of use in its zone alone. */
export function volumeFor(
  { metadata, spec }: V1PersistentVolumeClaim,
  storageClass: V1StorageClass | undefined,
  {
    volumeId,
    zone,
    wanted,
  }: { readonly volumeId: string; readonly zone: string; readonly wanted: WantedVolume },
): V1PersistentVolume {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: wanted.name,
      annotations: { [PROVISIONED_BY]: EBS_DRIVER },
      finalizers: [PROVISIONER_FINALIZER],
    },
    spec: {
      accessModes: spec?.accessModes ?? ["ReadWriteOnce"],
      capacity: { storage: `${wanted.sizeGib}Gi` },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: metadata?.namespace ?? "",
        name: metadata?.name ?? "",
        uid: metadata?.uid ?? "",
      },
      csi: { driver: EBS_DRIVER, volumeHandle: volumeId, fsType: "ext4" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: [zone] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: storageClass?.reclaimPolicy ?? "Delete",
      storageClassName: spec?.storageClassName ?? "",
      volumeMode: spec?.volumeMode ?? "Filesystem",
    },
  };
}

/** Whether a volume is to be deleted with what is on it: its claim is gone, and its class says so. */
export function isToBeDeleted({ metadata, spec, status }: V1PersistentVolume): boolean {
  return (
    metadata?.annotations?.[PROVISIONED_BY] === EBS_DRIVER &&
    spec?.persistentVolumeReclaimPolicy === "Delete" &&
    (status?.phase === "Released" || metadata.deletionTimestamp !== undefined)
  );
}

/** A volume's finalizers without the driver's own. */
export function withoutOwnFinalizer({ metadata }: V1PersistentVolume): string[] {
  return (metadata?.finalizers ?? []).filter((one) => one !== PROVISIONER_FINALIZER);
}

/** Whole GiB, as EBS has them: 1 at least. */
function gib(quantity: string): number {
  const [, number = "1", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]i?)?$/.exec(quantity) ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? 1);
  return Math.max(1, Math.ceil(bytes / 1024 ** 3));
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ K: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 },
};
