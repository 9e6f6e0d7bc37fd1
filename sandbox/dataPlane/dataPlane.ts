import { setTimeout as delay } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import { KubeConfig } from "@kubernetes/client-node";
import { ApiServer } from "./cluster/apiServer";
import { ClusterView } from "./cluster/view";
import { NodeInterfaces } from "./ec2/nodeInterfaces";
import { patienceOfIpamd, type Patience } from "./ipamd/nextStep";
import { NodeAgent } from "./nodeAgent";
import { NodeRegistry, type RunningInstance } from "./nodeRegistry";

/** What a data plane works between. */
export interface DataPlaneOptions {
  /** Where EC2 answers, such as http://127.0.0.1:4566. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** The path of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  /** Takes a line about what was done, and about what failed. */
  readonly log: (line: string) => void;
  /** Registers a listener for changes of AWS, to learn of new instances at once. @default they are looked for every 2 s */
  readonly onAwsChange?: ((listener: () => void) => void) | undefined;
  /** What the CNI's own durations (cooldown, back-off, lifetimes) are multiplied with. @default 1 */
  readonly pace?: number | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** A data plane that runs. */
export interface DataPlane {
  /** Ends it, after the calls that are under way; nodes and ENIs stay as they are. */
  readonly close: () => Promise<void>;
}

/** How often ipamd looks at its pool. */
const IPAMD_INTERVAL_MS = 5_000;
/** How often instances are looked for when nobody says that something changed. */
const POLL_MS = 2_000;
/** That takes the emulated EC2 at most a tenth of its time, however many instances there are, */
const POLL_SHARE = 10;
/** and half of it while things change all the time. */
const SHARE = 2;
const SOONEST_MS = 100;

/**
 * Plays what EC2 instances, their kubelets and the VPC CNI do: instances with a tag `kubernetes.io/cluster/NAME` become
 * Nodes and go when they are terminated; ENIs are attached to them and pods get addresses as the environment of aws-node,
 * the labels and annotations of the Node, and the ENIConfigs say.
 *
 * @returns once Nodes, pods and instances were looked at for the first time.
 * @throws Error when the API server or EC2 does not answer.
 */
export async function startDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { awsEndpoint, region, kubeconfig, log, onAwsChange, pace = 1, now = Date.now } = options;
  const end = new AbortController();
  const { signal } = end;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const api = new ApiServer(kubeConfig);
  const ec2 = new EC2Client({
    endpoint: awsEndpoint,
    region,
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  });

  const agents = new Map<string, NodeAgent>();
  const agentsByNode = new Map<string, NodeAgent>();
  const view = new ClusterView((nodeName) => {
    if (nodeName !== undefined) agentsByNode.get(nodeName)?.wake();
    else for (const agent of agents.values()) agent.wake();
  });
  const patience = paced(patienceOfIpamd, pace);

  const keepAgents = (running: readonly RunningInstance[]) => {
    const there = new Set(running.map(({ instance }) => instance.instanceId));
    for (const [instanceId, agent] of agents) {
      if (there.has(instanceId)) continue;
      agents.delete(instanceId);
      if (agentsByNode.get(agent.nodeName) === agent) agentsByNode.delete(agent.nodeName);
      void agent.stop();
    }
    for (const { instance, limits } of running) {
      if (agents.has(instance.instanceId)) continue;
      const interfaces = new NodeInterfaces(ec2, instance);
      const agent = new NodeAgent(instance, limits, { api, view, interfaces, patience, pace, now, log });
      agents.set(instance.instanceId, agent);
      agentsByNode.set(agent.nodeName, agent);
      agent.wake();
    }
  };

  let looking: Promise<void> = Promise.resolve();
  let tick: NodeJS.Timeout | undefined;
  const close = async () => {
    end.abort();
    clearInterval(tick);
    await looking;
    await Promise.all([...agents.values()].map((agent) => agent.stop()));
    api.close();
    ec2.destroy();
  };
  try {
    const { gitVersion } = await api.call<{ gitVersion: string }>("GET", "/version");
    await view.follow(api, { log, signal });
    const registry = new NodeRegistry(gitVersion, { ec2, region, api, view, now, log, signal });
    keepAgents(await registry.reconcile());
    tick = setInterval(() => {
      for (const agent of agents.values()) agent.wake();
    }, IPAMD_INTERVAL_MS * pace);
    looking = lookForInstances(
      async () => {
        keepAgents(await registry.reconcile());
      },
      { log, onAwsChange, signal },
    );
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `look` again and again: at every change that it hears of, and slowly without. */
async function lookForInstances(
  look: () => Promise<void>,
  {
    log,
    onAwsChange,
    signal,
  }: Pick<DataPlaneOptions, "log" | "onAwsChange"> & { readonly signal: AbortSignal },
): Promise<void> {
  const rest = (ms: number, ...signals: AbortSignal[]) =>
    delay(ms, undefined, { signal: AbortSignal.any([signal, ...signals]) }).catch(() => undefined);
  let heard = new AbortController();
  onAwsChange?.(() => {
    heard.abort();
  });
  let tookMs = 0;
  for (;;) {
    await rest(Math.max(tookMs * (POLL_SHARE - 1), POLL_MS), heard.signal);
    if (signal.aborted) return;
    heard = new AbortController();
    const startedAt = performance.now();
    // What fails while it is being ended is no news.
    await look().catch((error: unknown) => {
      if (!signal.aborted) log(`looking for instances: ${String(error)}`);
    });
    tookMs = performance.now() - startedAt;
    await rest(Math.max(tookMs * (SHARE - 1), SOONEST_MS));
  }
}

function paced(patience: Patience, pace: number): Patience {
  return {
    decreaseIntervalMs: patience.decreaseIntervalMs * pace,
    minInterfaceLifetimeMs: patience.minInterfaceLifetimeMs * pace,
    insufficientAddressesMs: patience.insufficientAddressesMs * pace,
  };
}
