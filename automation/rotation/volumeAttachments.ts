import type { ApiObject } from "../kubernetes";
import type { Tools } from "./outside";

/** The volumes that Kubernetes has attached to nodes. */
export interface VolumeAttachments {
  /** Names of those of a node, as they were a few seconds ago at most. @throws KubernetesError */
  of(node: string): Promise<readonly string[]>;
}

interface VolumeAttachment extends ApiObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly source?: { readonly persistentVolumeName?: string };
  };
}

/** How often they are listed at the most, for all nodes together: a large cluster has thousands. */
const LISTED_EVERY_MS = 3_000;

/** Lists volume attachments, one list at a time. Needs list on volumeattachments of storage.k8s.io. */
export function volumeAttachmentsIn({
  kubernetes,
  clock,
}: Pick<Tools, "kubernetes" | "clock">): VolumeAttachments {
  let listing: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  let listedAtMs = -Infinity;
  const list = async () => {
    const all = await kubernetes.list(
      "/apis/storage.k8s.io/v1/volumeattachments",
      ({ metadata, spec }: VolumeAttachment) => ({
        nodeName: spec?.nodeName ?? "",
        volume: spec?.source?.persistentVolumeName ?? metadata.name,
      }),
    );
    const byNode = new Map<string, string[]>();
    for (const { nodeName, volume } of all) byNode.set(nodeName, [...(byNode.get(nodeName) ?? []), volume]);
    return byNode;
  };
  const listAgain = () => {
    // While it is under way, it is nobody's turn.
    listedAtMs = Infinity;
    listing = list().then(
      (byNode) => {
        listedAtMs = clock.now();
        return byNode;
      },
      (error: unknown) => {
        // Whoever waits for it is told; the next one asks again.
        listing = undefined;
        throw error;
      },
    );
    return listing;
  };
  return {
    of: async (node) => {
      const isFresh = clock.now() - listedAtMs < LISTED_EVERY_MS;
      const byNode = await (listing !== undefined && isFresh ? listing : listAgain());
      return byNode.get(node) ?? [];
    },
  };
}
