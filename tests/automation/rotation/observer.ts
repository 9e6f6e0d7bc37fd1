import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PolicyV1Api,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { ObservedRules, type RuleLimits } from "./observedRules";

/** What was seen so far. */
export interface ObserverReport {
  /** Each rule that was broken, in words. */
  readonly broken: readonly string[];
  readonly evicted: number;
  readonly mostOut: number;
  readonly nodesGone: number;
  /** How often a watch broke: what changed and changed back meanwhile was not seen. */
  readonly interruptions: number;
}

/** Watches over a cluster that is rotated. */
export interface ClusterObserver {
  report(): ObserverReport;
  close(): Promise<void>;
}

/** How long after a break a collection is listed again. */
const AGAIN_AFTER_MS = 200;

/**
 * Watches a cluster's nodes, pods and disruption budgets by the official client, and judges each change.
 *
 * @param kubeconfig path of a kubeconfig file.
 * @returns when all are listed; what is so then counts as given.
 */
export async function startObserver(kubeconfig: string, limits: RuleLimits): Promise<ClusterObserver> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const policy = kubeConfig.makeApiClient(PolicyV1Api);
  const rules = new ObservedRules(limits);
  let interruptions = 0;
  let isClosed = false;

  const follow = async <T extends KubernetesObject>(
    path: string,
    list: () => Promise<KubernetesListObject<T>>,
    changed: (object: T) => void,
    gone: (object: T) => void,
  ): Promise<Informer<T>> => {
    const informer = makeInformer(kubeConfig, path, list);
    informer.on("add", changed);
    informer.on("update", changed);
    informer.on("delete", gone);
    informer.on("error", () => {
      if (isClosed) return;
      interruptions += 1;
      setTimeout(() => {
        // Where it fails again it says so as an error again.
        if (!isClosed) informer.start().catch(() => undefined);
      }, AGAIN_AFTER_MS);
    });
    await informer.start();
    return informer;
  };
  const informers = [
    await follow(
      "/api/v1/pods",
      () => core.listPodForAllNamespaces(),
      (pod) => {
        rules.pod(pod);
      },
      (pod) => {
        rules.podGone(pod);
      },
    ),
    await follow(
      "/apis/policy/v1/poddisruptionbudgets",
      () => policy.listPodDisruptionBudgetForAllNamespaces(),
      (budget) => {
        rules.budget(budget);
      },
      (budget) => {
        rules.budgetGone(budget);
      },
    ),
    await follow(
      "/api/v1/nodes",
      () => core.listNode(),
      (node) => {
        rules.node(node);
      },
      (node) => {
        rules.nodeGone(node);
      },
    ),
  ];
  rules.begin();
  return {
    report: () => ({
      broken: rules.broken(),
      evicted: rules.evicted(),
      mostOut: rules.mostOut(),
      nodesGone: rules.nodesGone(),
      interruptions,
    }),
    close: async () => {
      isClosed = true;
      for (const informer of informers) await informer.stop();
    },
  };
}
