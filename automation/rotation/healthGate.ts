import { closedBecause, type Health, type Unready } from "../../planning/rotation/health";
import type { HealthGate } from "../../planning/rotation/settings";
import { background } from "./background";
import type { ClusterWatch } from "./clusterWatch";
import { unwellBy } from "./healthCommand";
import type { TellingTools } from "./outside";
import { RotationPaused } from "./result";
import { readWorkloads } from "./workloads";

/** Keeps further nodes from being begun while the cluster is not well. */
export interface Gate {
  /**
   * Whether nodes may be begun now. Each answer is of a look of its own, begun by the first call and used up by the one
   * that is told the answer; until then they may not.
   */
  isOpen(): boolean;
  /** Why the run is to pause: the gate has been closed for too long; none while it has not. */
  givenUp(): RotationPaused | undefined;
  /** Waits for the look that is under way. */
  finished(): Promise<void>;
}

/** What a gate is made of. */
export interface GateOptions {
  /** Why the cluster is not well, a line each; none where it is. */
  readonly look: () => Promise<readonly string[]>;
  /** How long it may be closed. */
  readonly timeoutMs: number;
  /** Called when a look has ended. */
  readonly onLooked: () => void;
}

/** A gate that is closed is looked at again after this long. */
const LOOKED_AT_EVERY_MS = 10_000;

/** A gate that nothing closes. */
export const ALWAYS_OPEN: Gate = {
  isOpen: () => true,
  givenUp: () => undefined,
  finished: () => Promise.resolve(),
};

/** A gate that is as the looks at the cluster tell. What a look throws, the next call of `isOpen` throws. */
export function gateOf(
  { clock, emit }: Pick<TellingTools, "clock" | "emit">,
  { look, timeoutMs, onLooked }: GateOptions,
): Gate {
  const looking = background();
  let seen: readonly string[] | undefined;
  let closed: { readonly sinceMs: number; readonly because: readonly string[] } | undefined;
  let nextLookMs = clock.now();

  const close = (because: readonly string[]) => {
    if (closed?.because.join("\n") !== because.join("\n")) emit({ type: "healthGateClosed", because });
    closed = { sinceMs: closed?.sinceMs ?? clock.now(), because };
    nextLookMs = clock.now() + LOOKED_AT_EVERY_MS;
  };
  const open = () => {
    if (closed !== undefined) emit({ type: "healthGateOpened" });
    closed = undefined;
  };

  return {
    isOpen: () => {
      looking.throwIfFailed();
      const answer = seen;
      seen = undefined;
      if (answer?.length === 0) {
        open();
        return true;
      }
      if (answer !== undefined) close(answer);
      if (!looking.isUnderWay() && clock.now() >= nextLookMs) {
        looking.start(async () => {
          seen = await look();
        }, onLooked);
      }
      return false;
    },
    givenUp: () => {
      if (closed === undefined || clock.now() - closed.sinceMs <= timeoutMs) return undefined;
      return new RotationPaused({
        path: "healthGate",
        reason: `was closed for ${timeoutMs / 1000} s. ${closed.because.join(". ")}.`,
        fix: "Put that right, and run the rotation again: it goes on from here.",
      });
    },
    finished: () => looking.finished(),
  };
}

/**
 * What is unready in a cluster.
 *
 * @param isCounted whether a node that is not Ready counts.
 */
export async function readHealth(
  { kubernetes }: Pick<TellingTools, "kubernetes">,
  watch: Pick<ClusterWatch, "nodes">,
  isCounted: (node: { readonly name: string; readonly uid: string }) => boolean,
): Promise<Health> {
  const workloads = await readWorkloads(kubernetes);
  const nodes = watch.nodes();
  return {
    nodes: nodes.filter((node) => !node.isReady && isCounted(node)).map(({ name }) => name),
    nodesInAll: nodes.length,
    workloads: workloads.unready,
    workloadsInAll: workloads.inAll,
  };
}

/**
 * Looks whether a cluster is as well as a gate wants it. A node that joins is not Ready at first, and one that goes is
 * not in the end; neither counts.
 *
 * @param before what was unready as the run began.
 * @param going names of the nodes that are on their way out.
 */
export function healthLook(
  tools: Pick<TellingTools, "kubernetes" | "signal">,
  watch: Pick<ClusterWatch, "nodes">,
  gate: HealthGate,
  before: Unready,
  going: () => readonly string[],
): GateOptions["look"] {
  const wereReady = new Set<string>();
  const remember = () => {
    for (const { uid, isReady } of watch.nodes()) if (isReady) wereReady.add(uid);
  };
  remember();
  return async () => {
    remember();
    const gone = new Set(going());
    const isCounted = ({ name, uid }: { readonly name: string; readonly uid: string }) =>
      wereReady.has(uid) && !gone.has(name);
    const [health, unwell] = await Promise.all([
      readHealth(tools, watch, isCounted),
      gate.command === undefined ? undefined : unwellBy(gate.command, tools.signal),
    ]);
    return [...closedBecause(gate, health, before), ...(unwell === undefined ? [] : [unwell])];
  };
}
