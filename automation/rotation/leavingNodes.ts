import type { ClusterNode } from "../../planning/rotation/observation";
import type { ClusterWatch } from "./clusterWatch";
import { dealWithLeaked, enisMadeFor, stillAttached } from "./leakedEnis";
import type { ActingTools } from "./outside";
import { readRecord, writeRecord, type LeavingNode } from "./record";

/** How often EC2 is asked about nodes that nothing else is waited for. */
const ASKED_EVERY_MS = 3_000;

/**
 * The nodes of a run that are on their way out, as its record has them: a Node that is gone takes its annotations along,
 * and what its instance has left behind is found by the id of that instance alone.
 */
export interface LeavingNodes {
  /** Writes nodes down, before anything is done to them. @throws LeaseLostError; KubernetesError */
  begin(nodes: readonly ClusterNode[]): Promise<void>;
  /** One that has ended before the eyes of this process, or that stays, by its instance. */
  ended(instanceId: string): void;
  /**
   * Looks at those that an earlier process had on their way, and that are gone: network interfaces that they left behind
   * are told, or removed when that was asked for. Then that is written down, so that nobody tells it again.
   */
  look(): Promise<void>;
  /** Writes down those that have not ended by now. @throws LeaseLostError; KubernetesError */
  write(): Promise<void>;
  /** Waits until nothing is attached to them any more, no longer than for a node, and writes down what is left. */
  finished(): Promise<void>;
}

/** What is done about nodes that have left. */
export interface LeavingOptions {
  readonly removeLeakedEnis: boolean;
  readonly nodeTimeoutSeconds: number;
  /** What removes leaked network interfaces later, as it is told. @default the flag of a rotation */
  readonly removedAtOnceBy?: string;
}

/**
 * @param earlier those that earlier processes had on their way; where their Nodes are still there, they are this one's.
 */
export function leavingNodes(
  tools: ActingTools,
  watch: Pick<ClusterWatch, "node">,
  { removeLeakedEnis, nodeTimeoutSeconds, removedAtOnceBy }: LeavingOptions,
  earlier: readonly LeavingNode[] = [],
): LeavingNodes {
  const { clock, emit, signal } = tools;
  /** By their instances: a name is that of an address, and comes again. */
  const begun = new Map<string, LeavingNode>();
  const told = new Set<LeavingNode>();
  let unseen = earlier;
  let isWritten = earlier.length > 0;

  const isThere = ({ name, instanceId }: LeavingNode) => watch.node(name)?.instanceId === instanceId;
  const write = async () => {
    const leaving = [...unseen, ...begun.values()];
    if (!isWritten && leaving.length === 0) return;
    isWritten = leaving.length > 0;
    const record = await readRecord(tools.kubernetes);
    if (record !== undefined)
      await writeRecord(tools, { ...record, leaving: isWritten ? leaving : undefined });
  };
  const look = async (isLate: boolean, tells = false) => {
    for (const node of unseen) {
      if (isThere(node)) continue;
      const { attached, leaked } = await enisMadeFor(tools, node.instanceId);
      if (attached.length > 0 && !isLate) {
        if (tells && !told.has(node))
          emit({ type: "departing", node: node.name, because: stillAttached(attached) });
        if (tells) told.add(node);
        continue;
      }
      if (attached.length > 0) {
        emit({ type: "note", note: `${node.name} is gone, but ${stillAttached(attached)}. Look at them.` });
      }
      await dealWithLeaked(tools, node.name, leaked, removeLeakedEnis, removedAtOnceBy);
      unseen = unseen.filter((one) => one !== node);
    }
  };

  return {
    begin: async (nodes) => {
      for (const { name, instanceId } of nodes) {
        if (instanceId === undefined) continue;
        unseen = unseen.filter((one) => one.instanceId !== instanceId);
        begun.set(instanceId, { name, instanceId });
      }
      await write();
    },
    ended: (instanceId) => {
      begun.delete(instanceId);
    },
    look: async () => {
      const before = unseen.length;
      await look(false);
      if (unseen.length < before) await write();
    },
    write,
    finished: async () => {
      const deadline = clock.now() + nodeTimeoutSeconds * 1000;
      for (;;) {
        unseen = unseen.filter((node) => !isThere(node));
        await look(clock.now() > deadline, true);
        if (unseen.length === 0) break;
        await clock.sleep(ASKED_EVERY_MS, signal);
      }
      await write();
    },
  };
}
