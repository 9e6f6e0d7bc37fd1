import type {
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1VolumeAttachment,
} from "@kubernetes/client-node";
import { EBS_DRIVER } from "./volumeView";

/** The finalizer by which a VolumeAttachment stays until its volume is detached. */
export const ATTACHER_FINALIZER = `external-attacher/${EBS_DRIVER.replaceAll(".", "-")}`;
/** The annotation of a PersistentVolume, or of its claim, that says how long its volume takes to detach, such as `30s`. */
const DETACH_AFTER = "sandbox/detach-after";
/** How long without. */
const DETACH_MS = 1_000;

/** What is to be done for a VolumeAttachment of the controller manager's, and when, in milliseconds since 1970. */
export type AttachmentStep =
  { readonly kind: "attach" } | { readonly kind: "detach"; readonly atMs: number } | undefined;

/** Attaches what is asked for, and detaches what is no longer, after its time. */
export function attachmentStep(
  { metadata, spec, status }: V1VolumeAttachment,
  slowness: number = DETACH_MS,
): AttachmentStep {
  if (spec.attacher !== EBS_DRIVER) return undefined;
  if (metadata?.deletionTimestamp !== undefined) {
    if (metadata.finalizers?.includes(ATTACHER_FINALIZER) !== true) return undefined;
    return { kind: "detach", atMs: new Date(metadata.deletionTimestamp).getTime() + slowness };
  }
  return status?.attached === true ? undefined : { kind: "attach" };
}

/** How long a volume takes to detach, in milliseconds. */
export function detachingMs(
  volume: V1PersistentVolume | undefined,
  claim: V1PersistentVolumeClaim | undefined,
): number {
  const given =
    volume?.metadata?.annotations?.[DETACH_AFTER] ?? claim?.metadata?.annotations?.[DETACH_AFTER] ?? "";
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(given)?.[1];
  return seconds === undefined ? DETACH_MS : Number(seconds) * 1000;
}
