import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PolicyV1Api,
  type Informer,
  type KubernetesObject,
  type ObjectCache,
} from "@kubernetes/client-node";
import { budgetStates } from "./disruptionBudgets";
import { PromiseLedger, type BrokenPromise } from "./promiseLedger";

/** What was seen so far. */
export interface WitnessReport {
  /** Milliseconds since 1970. */
  readonly watchingSince: number;
  /** Budgets that have kept their promise at least once, and so count. */
  readonly budgets: number;
  readonly broken: readonly BrokenPromise[];
  /** How often the connection to the API server was lost: what happened meanwhile was not seen. */
  readonly interruptions: number;
}

/** Watches over what PodDisruptionBudgets promise, whoever does what to the pods. */
export interface Witness {
  report(): WitnessReport;
  close(): Promise<void>;
}

/** How long it waits before it connects again. */
const RECONNECT_AFTER_MS = 500;

/**
 * Starts to watch every pod and every PodDisruptionBudget of a cluster, over connections of its own, and counts each
 * moment at which fewer pods were healthy than a budget promises.
 *
 * @param kubeconfig path of a kubeconfig file.
 * @throws Error when pods or budgets can't be listed.
 */
export async function startWitness(options: {
  readonly kubeconfig: string;
  readonly log: (line: string) => void;
}): Promise<Witness> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(options.kubeconfig);
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const policy = kubeConfig.makeApiClient(PolicyV1Api);

  const ledger = new PromiseLedger();
  const watchingSince = Date.now();
  let interruptions = 0;
  let isWatching = false;
  let isClosed = false;
  const timers = new Set<NodeJS.Timeout>();

  const pods = makeInformer(kubeConfig, "/api/v1/pods", () => core.listPodForAllNamespaces());
  const budgets = makeInformer(kubeConfig, "/apis/policy/v1/poddisruptionbudgets", () =>
    policy.listPodDisruptionBudgetForAllNamespaces(),
  );

  // Once for all that arrives together: a list comes object by object, and half a list was never true.
  let willLook = false;
  const look = () => {
    if (willLook) return;
    willLook = true;
    setImmediate(() => {
      willLook = false;
      if (isWatching) ledger.enter(budgetStates(budgets.list(), pods.list()), Date.now());
    });
  };
  const keepConnected = <T extends KubernetesObject>(
    what: string,
    informer: Informer<T> & ObjectCache<T>,
  ) => {
    informer.on("change", look);
    // The informer does not come back by itself, and reports its own stop as an error.
    informer.on("error", (error: unknown) => {
      if (isClosed) return;
      interruptions += 1;
      options.log(`witness: lost sight of ${what}: ${String(error)}`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        informer.start().catch((again: unknown) => {
          options.log(`witness: can't see ${what}: ${String(again)}`);
        });
      }, RECONNECT_AFTER_MS);
      timers.add(timer);
    });
  };
  keepConnected("pods", pods);
  keepConnected("PodDisruptionBudgets", budgets);
  // An informer tells its error handlers, not its caller, when it can't start.
  await Promise.all([
    core.listPodForAllNamespaces({ limit: 1 }),
    policy.listPodDisruptionBudgetForAllNamespaces({ limit: 1 }),
  ]);
  await Promise.all([pods.start(), budgets.start()]);
  isWatching = true;
  look();

  return {
    report: () => ({
      watchingSince,
      budgets: ledger.keptAtLeastOnce(),
      broken: ledger.broken(),
      interruptions,
    }),
    async close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([pods.stop(), budgets.stop()]);
    },
  };
}
