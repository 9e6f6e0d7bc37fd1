import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { KubeConfig } from "@kubernetes/client-node";
import { credentialsOf } from "../aws/callers";
import { ApiServer } from "./cluster/apiServer";
import { ClusterView, type PodView } from "./cluster/view";
import { listClusterInstances } from "./ec2/instances";
import { KnownInstances } from "./ec2/knownInstances";
import { NodeInterfaces } from "./ec2/nodeInterfaces";
import { ZoneSubnets } from "./ec2/zoneSubnets";
import { Fargate } from "./fargate/fargate";
import { FargateProfiles } from "./fargate/profiles";
import type { IpamdReport } from "./introspection/ipamdReport";
import { patienceOfIpamd, type Patience } from "./ipamd/nextStep";
import { KarpenterInstances } from "./karpenter/instances";
import { Karpenter } from "./karpenter/karpenter";
import { NodeLeases } from "./kubelet/nodeLeases";
import { NodeAgent } from "./nodeAgent";
import { NodeRegistry, type RunningInstance } from "./nodeRegistry";
import type { NetworkView } from "./reachability/network";
import { Readiness } from "./reachability/readiness";
import { WatchedNetwork } from "./reachability/watchedNetwork";
import { EbsDriver } from "./volumes/ebsDriver";
import { EbsVolumes } from "./volumes/ebsVolumes";
import { VolumeView } from "./volumes/volumeView";

/** What a data plane works between. */
export interface DataPlaneOptions {
  /** Where EC2 answers, such as http://127.0.0.1:4566. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** The path of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  /** Takes a line about what was done, and about what failed. */
  readonly log: (line: string) => void;
  /**
   * Registers a listener for changes of AWS, which is told the action where a call made the change, to learn of new
   * instances at once. @default they are looked for every 2 s
   */
  readonly onAwsChange?: ((listener: (action?: string) => void) => void) | undefined;
  /** What the CNI's own durations (cooldown, back-off, lifetimes) are multiplied with. @default 1 */
  readonly pace?: number | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** A data plane that runs. */
export interface DataPlane {
  /** What ipamd of a node can tell of itself; nothing where none runs. */
  readonly ipamdReport: (nodeName: string) => IpamdReport | undefined;
  /** The end of what aws-node of a node has logged, each line with its time. */
  readonly awsNodeLines: (nodeName: string) => readonly string[];
  /** All that decides whether a TCP connection comes about, as it is now; with those addresses in it, where they are anybody's. */
  readonly network: (addresses?: readonly string[]) => Promise<NetworkView>;
  /** Ends it, after the calls that are under way; nodes and ENIs stay as they are. */
  readonly close: () => Promise<void>;
}

/** How often ipamd looks at its pool. */
const IPAMD_INTERVAL_MS = 5_000;
/** How often instances are looked for when nobody says that something changed. */
const POLL_MS = 2_000;
/** That takes the emulated EC2 at most a tenth of its time, however many instances there are, */
const POLL_SHARE = 10;
/** and a fifth of it while things change all the time: hundreds of nodes that join need it for themselves. */
const SHARE = 5;
const SOONEST_MS = 100;
/** Actions by which no instance comes or goes: nodes that join call thousands of them. */
const LEAVES_INSTANCES = /NetworkInterface|PrivateIpAddresses/;

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
  // Every watch of the API server listens to it.
  setMaxListeners(0, signal);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const api = new ApiServer(kubeConfig);
  const ec2 = new EC2Client({
    endpoint: awsEndpoint,
    region,
    credentials: credentialsOf("nodes"),
  });

  const eks = new EKSClient({ endpoint: awsEndpoint, region, credentials: credentialsOf("nodes") });

  const agents = new Map<string, NodeAgent>();
  const agentsByNode = new Map<string, NodeAgent>();
  const view = new ClusterView((nodeName) => {
    if (nodeName !== undefined) agentsByNode.get(nodeName)?.wake();
    else for (const agent of agents.values()) agent.wake();
    network.clusterChanged();
    readiness.wake();
  });
  const network = new WatchedNetwork({ ec2, view, now: () => performance.now() });
  const readiness = new Readiness({ api, view, network, now, log, signal });
  const { server = "", caData = "" } = kubeConfig.getCurrentCluster() ?? {};
  const karpenter = new Karpenter({
    ...{ api, view, instances: new KarpenterInstances(ec2), now, log, signal },
    cluster: { server, certificateAuthority: caData },
  });
  const patience = paced(patienceOfIpamd, pace);
  const subnets = new ZoneSubnets(ec2, now);
  const volumes = new VolumeView(() => {
    ebsDriver.wake();
    for (const agent of agents.values()) if (agent.hasWaitingPods()) agent.wake();
  });
  const ebsDriver = new EbsDriver({ api, view, volumes, ebs: new EbsVolumes(ec2), now, log });
  const hasVolumes = ({ namespace, claims, nodeName }: PodView) =>
    volumes.areAttached(namespace, claims, nodeName);

  const keepAgents = (running: readonly RunningInstance[]) => {
    const there = new Set(running.map(({ instance }) => instance.instanceId));
    for (const [instanceId, agent] of agents) {
      if (there.has(instanceId)) continue;
      agents.delete(instanceId);
      if (agentsByNode.get(agent.nodeName) === agent) agentsByNode.delete(agent.nodeName);
      void agent.stop();
    }
    for (const { instance, limits } of running) {
      const known = agents.get(instance.instanceId);
      known?.see(instance);
      if (known !== undefined) continue;
      const interfaces = new NodeInterfaces(ec2, instance);
      const agent = new NodeAgent(instance, limits, {
        ...{ api, view, interfaces, subnets, hasVolumes },
        ...{ patience, pace, now, log },
      });
      agents.set(instance.instanceId, agent);
      agentsByNode.set(agent.nodeName, agent);
      agent.wake();
    }
  };

  let looking: Promise<void> = Promise.resolve();
  let probing: Promise<void> = Promise.resolve();
  let provisioning: Promise<void> = Promise.resolve();
  let renewing: Promise<void> = Promise.resolve();
  let tick: NodeJS.Timeout | undefined;
  const close = async () => {
    end.abort();
    clearInterval(tick);
    ebsDriver.close();
    await looking;
    await Promise.all([probing, provisioning, renewing]);
    await Promise.all([...agents.values()].map((agent) => agent.stop()));
    api.close();
    ec2.destroy();
    eks.destroy();
  };
  try {
    const { gitVersion } = await api.call<{ gitVersion: string }>("GET", "/version");
    const instances = new KnownInstances(() => listClusterInstances(ec2, region, signal));
    onAwsChange?.(() => {
      instances.changed();
      network.awsChanged();
      readiness.wake();
    });
    const wakeReadiness = () => {
      readiness.wake();
    };
    await Promise.all([
      view.follow(api, { log, signal }),
      volumes.follow(api, { log, signal }),
      network.follow(api, wakeReadiness, { log, signal }),
    ]);
    const fargate = new Fargate({
      ...{ api, ec2, view, region, log, signal },
      profiles: new FargateProfiles(eks),
      kubeletVersion: gitVersion,
    });
    await fargate.follow();
    const registry = new NodeRegistry(gitVersion, { ec2, api, view, now, log, signal });
    keepAgents(await registry.reconcile(await instances.current()));
    tick = setInterval(() => {
      for (const agent of agents.values()) agent.wake();
      ebsDriver.wake();
    }, IPAMD_INTERVAL_MS * pace);
    probing = readiness.run();
    provisioning = karpenter.run();
    renewing = new NodeLeases({ api, view, now, log, signal }).run();
    looking = lookForInstances(
      async () => {
        // Where nobody says so, anything may have changed.
        if (onAwsChange === undefined) {
          network.awsChanged();
          instances.changed();
        }
        keepAgents(await registry.reconcile(await instances.current()));
        await fargate.refresh();
      },
      { log, onAwsChange, signal },
    );
    return {
      ipamdReport: (nodeName) => agentsByNode.get(nodeName)?.ipamdReport(),
      awsNodeLines: (nodeName) => agentsByNode.get(nodeName)?.recentLines() ?? [],
      network: (addresses) => network.current(addresses),
      close,
    };
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
  onAwsChange?.((action = "") => {
    if (!LEAVES_INSTANCES.test(action)) heard.abort();
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
    groupRefreshMs: patience.groupRefreshMs * pace,
  };
}
