import { KubeConfig, type V1PodDisruptionBudget } from "@kubernetes/client-node";
import { ApiServer } from "../dataPlane/cluster/apiServer";
import { follow, type CollectionListener } from "../dataPlane/cluster/collection";
import { budgetStates, type BudgetState } from "./disruptionBudgets";
import { HealthyPods, witnessedPod, type WitnessedPod } from "./healthyPods";
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
  const api = new ApiServer(kubeConfig);
  const end = new AbortController();
  const { signal } = end;

  const ledger = new PromiseLedger();
  const watchingSince = Date.now();
  let interruptions = 0;
  let isWatching = false;

  const pods = new HealthyPods();
  const budgets = new BudgetsByNamespace();
  const states = new Map<string, readonly BudgetState[]>();
  /** Namespaces in which something changed. */
  const changed = new Set<string>();

  // Once for all that arrives together: a list comes object by object, and half a list was never true.
  let willLook = false;
  const look = (...namespaces: readonly string[]) => {
    for (const namespace of namespaces) changed.add(namespace);
    if (willLook) return;
    willLook = true;
    setImmediate(() => {
      willLook = false;
      if (!isWatching) return;
      for (const namespace of changed) states.set(namespace, budgetStates(budgets.in(namespace), pods));
      changed.clear();
      ledger.enter([...states.values()].flat(), Date.now());
    });
  };
  const podListener: CollectionListener<WitnessedPod> = {
    replaced: (all) => {
      pods.clear();
      for (const pod of all) pods.put(pod);
      look(...budgets.namespaces());
    },
    changed: (pod) => {
      pods.put(pod);
      look(pod.namespace);
    },
    removed: (pod) => {
      pods.remove(pod);
      look(pod.namespace);
    },
  };
  const budgetListener: CollectionListener<V1PodDisruptionBudget> = {
    replaced: (all) => {
      const before = budgets.namespaces();
      budgets.clear();
      for (const budget of all) budgets.put(budget);
      look(...before, ...budgets.namespaces());
    },
    changed: (budget) => {
      budgets.put(budget);
      look(budget.metadata?.namespace ?? "");
    },
    removed: (budget) => {
      budgets.remove(budget);
      look(budget.metadata?.namespace ?? "");
    },
  };
  const outside = {
    signal,
    log: (line: string) => {
      interruptions += 1;
      options.log(`witness: lost sight: ${line}`);
    },
  };
  const [podPath, budgetPath] = ["/api/v1/pods", "/apis/policy/v1/poddisruptionbudgets"];
  // Whoever follows a collection tries for ever; what can't be seen at all is told at once.
  for (const path of [podPath, budgetPath]) await api.call("GET", `${path}?limit=1`);
  await Promise.all([
    follow(api, podPath, witnessedPod, podListener, outside),
    follow(api, budgetPath, (object) => object as V1PodDisruptionBudget, budgetListener, outside),
  ]);
  isWatching = true;
  look(...budgets.namespaces());

  return {
    report: () => ({
      watchingSince,
      budgets: ledger.keptAtLeastOnce(),
      broken: ledger.broken(),
      interruptions,
    }),
    close() {
      end.abort();
      api.close();
      return Promise.resolve();
    },
  };
}

/** Budgets, by their namespaces and names. */
class BudgetsByNamespace {
  private readonly known = new Map<string, Map<string, V1PodDisruptionBudget>>();

  namespaces(): string[] {
    return [...this.known.keys()];
  }

  in(namespace: string): Iterable<V1PodDisruptionBudget> {
    return this.known.get(namespace)?.values() ?? [];
  }

  put(budget: V1PodDisruptionBudget): void {
    const { namespace = "", name = "" } = budget.metadata ?? {};
    const there = this.known.get(namespace) ?? new Map<string, V1PodDisruptionBudget>();
    this.known.set(namespace, there.set(name, budget));
  }

  remove({ metadata: { namespace = "", name = "" } = {} }: V1PodDisruptionBudget): void {
    this.known.get(namespace)?.delete(name);
  }

  clear(): void {
    this.known.clear();
  }
}
