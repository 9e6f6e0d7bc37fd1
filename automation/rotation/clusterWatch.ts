import type { ClusterPod, DisruptionBudget, PodController } from "../../planning/rotation/observation";
import { mirror, type MirrorTools } from "../kubernetesMirror";
import { slimBudget, slimNode, slimPod, type ApiNode, type NodeWithoutEnis } from "./slim";

/** The nodes, pods and budgets of a cluster, as they were a moment ago: looking costs no request. */
export interface ClusterWatch {
  readonly nodes: () => NodeWithoutEnis[];
  /** None where there is none of that name. */
  readonly node: (name: string) => NodeWithoutEnis | undefined;
  readonly pods: () => ClusterPod[];
  /** Those on a node, by its name. */
  readonly podsOn: (node: string) => ClusterPod[];
  /** Those that a controller has made. */
  readonly podsOf: (owner: Owner) => ClusterPod[];
  /** Those that the scheduler found no node for. */
  readonly unschedulable: () => ClusterPod[];
  readonly budgets: () => DisruptionBudget[];
  /** Hears of every version of a budget, also of those that the next one hides from who looks now and then. */
  readonly hearBudgets: (hear: (budget: DisruptionBudget) => void) => void;
  /** Counts as a change: those who wait for one are to look at what changed elsewhere. */
  readonly touch: () => void;
  /** Begins to wait for changes; each one who waits has changes of its own. */
  readonly changes: () => Changes;
}

/** Waits for changes. */
export interface Changes {
  /**
   * Ends at the next change, at once where there was one since it ended last, or after a time without one.
   *
   * @param gatheredMs changes come in swarms: after one end the next comes no sooner than this, with all that changed
   *   by then. @default 0
   * @throws the reason for which the cluster is watched no more; the signal's.
   */
  next(withinMs: number, gatheredMs?: number): Promise<void>;
}

/** Names a controller of pods. */
export interface Owner extends Pick<PodController, "kind" | "name"> {
  readonly namespace: string;
}

/** Unique in a cluster, and what people read: `namespace/Kind/name`. */
export function ownerName({ namespace, kind, name }: Owner): string {
  return `${namespace}/${kind}/${name}`;
}

/**
 * Watches a cluster while something is done.
 *
 * @throws what {@link watchCluster} and the act throw.
 */
export async function whileWatching<R>(
  tools: MirrorTools,
  act: (watch: ClusterWatch) => Promise<R>,
): Promise<R> {
  const over = new AbortController();
  try {
    return await act(await watchCluster({ ...tools, signal: AbortSignal.any([tools.signal, over.signal]) }));
  } finally {
    over.abort(new Error("the cluster is watched no more"));
  }
}

/**
 * Watches a cluster until the signal is aborted.
 *
 * Needs list and watch on nodes, pods and poddisruptionbudgets.
 *
 * @returns when all are listed.
 * @throws KubernetesError; the signal's reason.
 */
export async function watchCluster(tools: MirrorTools): Promise<ClusterWatch> {
  const { clock, signal } = tools;
  const byNode = new Map<string, Set<ClusterPod>>();
  const byOwner = new Map<string, Set<ClusterPod>>();
  const unschedulable = new Set<ClusterPod>();
  let version = 0;
  let nextChange = new AbortController();
  const tell = () => {
    version += 1;
    nextChange.abort();
    nextChange = new AbortController();
  };
  const keysOf = (pod: ClusterPod) =>
    [
      [byNode, pod.nodeName],
      [byOwner, pod.controller && ownerName({ namespace: pod.namespace, ...pod.controller })],
    ] as const;
  const add = (pod: ClusterPod) => {
    if (pod.isUnschedulable) unschedulable.add(pod);
    for (const [index, key] of keysOf(pod)) {
      if (key === undefined) continue;
      const others = index.get(key);
      if (others === undefined) index.set(key, new Set([pod]));
      else others.add(pod);
    }
  };
  const remove = (pod: ClusterPod) => {
    unschedulable.delete(pod);
    for (const [index, key = ""] of keysOf(pod)) {
      const others = index.get(key);
      others?.delete(pod);
      if (others?.size === 0) index.delete(key);
    }
  };
  const nodesByName = new Map<string, NodeWithoutEnis>();
  const hearers: ((budget: DisruptionBudget) => void)[] = [];
  const [nodes, pods, budgets] = await Promise.all([
    mirror(tools, {
      path: "/api/v1/nodes",
      slim: (node: ApiNode) => slimNode(node),
      onChange: (before, after) => {
        if (after !== undefined) nodesByName.set(after.name, after);
        else if (before !== undefined) nodesByName.delete(before.name);
        tell();
      },
    }),
    mirror(tools, {
      path: "/api/v1/pods",
      slim: slimPod,
      onChange: (before, after) => {
        if (before !== undefined) remove(before);
        if (after !== undefined) add(after);
        tell();
      },
    }),
    mirror(tools, {
      path: "/apis/policy/v1/poddisruptionbudgets",
      slim: slimBudget,
      onChange: (_, after) => {
        if (after !== undefined) for (const hear of hearers) hear(after);
        tell();
      },
    }),
  ]);
  const ended = AbortSignal.any([signal, nodes.lost, pods.lost, budgets.lost]);

  return {
    nodes: () => [...nodes.values()],
    node: (name) => nodesByName.get(name),
    pods: () => [...pods.values()],
    podsOn: (node) => [...(byNode.get(node) ?? [])],
    podsOf: (owner) => [...(byOwner.get(ownerName(owner)) ?? [])],
    unschedulable: () => [...unschedulable],
    budgets: () => [...budgets.values()],
    hearBudgets: (hear) => {
      hearers.push(hear);
    },
    touch: tell,
    changes: () => {
      let seen = version;
      let endedAtMs = -Infinity;
      return {
        next: async (withinMs, gatheredMs = 0) => {
          ended.throwIfAborted();
          const { signal: change } = nextChange;
          if (seen === version) {
            await clock.sleep(withinMs, AbortSignal.any([ended, change])).catch((error: unknown) => {
              ended.throwIfAborted();
              if (!change.aborted) throw error;
            });
          }
          const gatherMs = Math.min(gatheredMs, endedAtMs + gatheredMs - clock.now());
          if (gatherMs > 0) await clock.sleep(gatherMs, ended);
          [seen, endedAtMs] = [version, clock.now()];
        },
      };
    },
  };
}
