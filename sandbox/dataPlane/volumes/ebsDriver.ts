import type {
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1VolumeAttachment,
} from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { ClusterView, NodeView } from "../cluster/view";
import { instanceIdOf } from "../kubelet/registration";
import { StepsUnderWay } from "../stepsUnderWay";
import { ATTACHER_FINALIZER, attachmentStep, detachingMs } from "./attaching";
import type { EbsVolumes } from "./ebsVolumes";
import { isToBeDeleted, volumeFor, wantedVolume, withoutOwnFinalizer } from "./provisioning";
import { EBS_DRIVER, type VolumeView } from "./volumeView";

/** What the driver reaches. */
export interface EbsDriverOutside {
  readonly api: Pick<ApiServer, "call" | "patch">;
  readonly view: Pick<ClusterView, "nodes">;
  readonly volumes: VolumeView;
  readonly ebs: EbsVolumes;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * The EBS CSI driver with its sidecars: makes and deletes the volumes of claims whose class names it, and attaches and
 * detaches them as the controller manager's VolumeAttachments say. Where the CSIDriver object is, every node says in its
 * CSINode how many volumes it takes.
 */
export class EbsDriver {
  private readonly steps: StepsUnderWay;
  /** Uids of Nodes whose CSINode is there. */
  private readonly announced = new Set<string>();
  private alarm: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  private isClosed = false;

  constructor(private readonly outside: EbsDriverOutside) {
    this.steps = new StepsUnderWay(outside.log, () => {
      this.lookAgainIn(RETRY_MS);
    });
  }

  /** Looks at everything again and begins what is to be done. */
  wake(): void {
    const { volumes, view } = this.outside;
    for (const claim of volumes.claims.values()) this.provision(claim);
    for (const attachment of volumes.attachments.values()) this.follow(attachment);
    for (const volume of volumes.volumes.values()) this.release(volume);
    if (volumes.isInstalled) for (const node of view.nodes.values()) this.announce(node);
  }

  /** Begins nothing any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.alarm?.timer);
  }

  private provision(claim: V1PersistentVolumeClaim): void {
    const { volumes, view, api, ebs, log } = this.outside;
    const wanted = wantedVolume(claim, volumes.classes);
    if (wanted === undefined || volumes.volumes.has(wanted.name)) return;
    const node =
      wanted.nodeName === undefined ? [...view.nodes.values()][0] : view.nodes.get(wanted.nodeName);
    const zone = node?.labels["topology.kubernetes.io/zone"];
    if (zone === undefined) return;
    this.once(`provision ${wanted.name}`, async () => {
      const volumeId = await ebs.create({ ...wanted, zone });
      const storageClass = volumes.classes.get(claim.spec?.storageClassName ?? "");
      try {
        await api.call(
          "POST",
          "/api/v1/persistentvolumes",
          volumeFor(claim, storageClass, { volumeId, zone, wanted }),
        );
      } catch (error) {
        await ebs.delete(volumeId);
        // Another look has made it.
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        return;
      }
      log(`volume ${volumeId} of ${wanted.sizeGib} GiB in ${zone} for ${nameOf(claim)}`);
    });
  }

  private follow(attachment: V1VolumeAttachment): void {
    const { volumes, now } = this.outside;
    const volume = volumes.volumes.get(attachment.spec.source.persistentVolumeName ?? "");
    const { namespace = "", name = "" } = volume?.spec?.claimRef ?? {};
    const slowness = detachingMs(volume, volumes.claims.get(`${namespace}/${name}`));
    const step = attachmentStep(attachment, slowness);
    if (step === undefined || volume === undefined) return;
    if (step.kind === "attach") this.attach(attachment, volume);
    else if (step.atMs <= now()) this.detach(attachment, volume);
    else this.lookAgainIn(step.atMs - now());
  }

  private attach({ metadata, spec }: V1VolumeAttachment, volume: V1PersistentVolume): void {
    const { api, ebs, log } = this.outside;
    const path = attachmentPath(metadata?.name);
    const volumeId = volume.spec?.csi?.volumeHandle ?? "";
    const instanceId = this.instanceOf(spec.nodeName);
    if (instanceId === undefined) return;
    this.once(`attach ${metadata?.uid ?? ""}`, async () => {
      await api.patch(path, "merge", { metadata: { finalizers: [ATTACHER_FINALIZER] } });
      try {
        await ebs.attach(volumeId, instanceId);
      } catch (error) {
        const attachError = { message: String(error), time: new Date(this.outside.now()).toISOString() };
        await api.patch(`${path}/status`, "merge", { status: { attached: false, attachError } });
        throw error;
      }
      await api.patch(`${path}/status`, "merge", { status: { attached: true, attachError: null } });
      log(`volume ${volumeId} attached to ${spec.nodeName}`);
    });
  }

  private detach({ metadata, spec }: V1VolumeAttachment, volume: V1PersistentVolume): void {
    const { api, ebs, log } = this.outside;
    const volumeId = volume.spec?.csi?.volumeHandle ?? "";
    this.once(`detach ${metadata?.uid ?? ""}`, async () => {
      await ebs.detach(volumeId);
      const finalizers = (metadata?.finalizers ?? []).filter((one) => one !== ATTACHER_FINALIZER);
      await api.patch(attachmentPath(metadata?.name), "merge", { metadata: { finalizers } });
      log(`volume ${volumeId} detached from ${spec.nodeName}`);
    });
  }

  private release(volume: V1PersistentVolume): void {
    const { volumes, api, ebs, log } = this.outside;
    const name = volume.metadata?.name ?? "";
    if (!isToBeDeleted(volume)) return;
    const isAttached = [...volumes.attachments.values()].some(
      ({ spec }) => spec.source.persistentVolumeName === name,
    );
    if (isAttached) return;
    this.once(`release ${name}`, async () => {
      await ebs.delete(volume.spec?.csi?.volumeHandle ?? "");
      const path = `/api/v1/persistentvolumes/${name}`;
      await api.call("DELETE", path);
      await api.patch(path, "merge", { metadata: { finalizers: withoutOwnFinalizer(volume) } });
      log(`volume ${volume.spec?.csi?.volumeHandle ?? ""} deleted`);
    });
  }

  /** What the driver's pod on a node registers: the node's zone is where its volumes have to be. */
  private announce({ name, uid, labels }: NodeView): void {
    if (this.announced.has(uid) || this.instanceOf(name) === undefined) return;
    this.once(`announce ${name}`, async () => {
      const csiNode = {
        metadata: { name, ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] },
        spec: {
          drivers: [
            {
              name: EBS_DRIVER,
              nodeID: this.instanceOf(name),
              topologyKeys: Object.keys(labels).filter((key) => key === "topology.kubernetes.io/zone"),
              allocatable: { count: VOLUMES_OF_INSTANCE },
            },
          ],
        },
      };
      try {
        await this.outside.api.call("POST", "/apis/storage.k8s.io/v1/csinodes", csiNode);
      } catch (error) {
        // Of an earlier start.
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      }
      this.announced.add(uid);
    });
  }

  private instanceOf(nodeName: string): string | undefined {
    return instanceIdOf(this.outside.view.nodes.get(nodeName)?.providerId ?? "");
  }

  /** Runs a step unless it is under way; one that fails is tried again at the next look. */
  private once(key: string, act: () => Promise<void>): void {
    if (!this.isClosed) this.steps.run(key, act);
  }

  private lookAgainIn(ms: number): void {
    const at = this.outside.now() + ms;
    if (this.isClosed || (this.alarm !== undefined && this.alarm.at <= at)) return;
    clearTimeout(this.alarm?.timer);
    const timer = setTimeout(() => {
      this.alarm = undefined;
      this.wake();
    }, ms).unref();
    this.alarm = { at, timer };
  }
}

/** Attachments of a Nitro instance beside its ENIs and its root volume, as the driver says it for most types. */
const VOLUMES_OF_INSTANCE = 25;
const RETRY_MS = 5_000;

function attachmentPath(name = ""): string {
  return `/apis/storage.k8s.io/v1/volumeattachments/${name}`;
}

function nameOf({ metadata }: V1PersistentVolumeClaim): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
