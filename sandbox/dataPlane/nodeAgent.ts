import { ApiError } from "./cluster/apiServer";
import type { NodeView, PodView } from "./cluster/view";
import type { ClusterInstance } from "./ec2/instances";
import type { IpamdReport } from "./introspection/ipamdReport";
import type { InstanceLimits } from "./limitsOfInstanceType";
import { giveAddresses } from "./ipamd/giveAddresses";
import type { Ipamd } from "./ipamd/ipamd";
import { IpamdSupervisor, type SupervisorOutside } from "./ipamdSupervisor";
import { CrashLoops } from "./kubelet/crashLoops";
import { runningStatus } from "./kubelet/plainPod";
import { NO_ADDRESS, NO_IPAMD, SandboxFailures } from "./kubelet/sandboxFailures";
import { StaticPods } from "./kubelet/staticPods";
import { TrunkProvider } from "./resourceController/trunk";
import { nodeName, providerId } from "./kubelet/registration";

/** What an agent reaches. */
export interface AgentOutside extends SupervisorOutside {
  /** Whether all volumes of a pod are attached to its node. */
  readonly hasVolumes: (pod: PodView) => boolean;
}

/** How much of its log an agent keeps. */
const KEPT_LINES = 50;

/** What runs on one instance: the part of the kubelet that kwok can't play, and aws-node. */
export class NodeAgent {
  readonly nodeName: string;
  private readonly trunk: TrunkProvider;
  private readonly ipamd: IpamdSupervisor;
  private readonly staticPods: StaticPods;
  private readonly crashLoops: CrashLoops;
  private readonly failures: SandboxFailures;
  private readonly lastLines: string[] = [];
  private isDue = false;
  private isStopped = false;
  private running: Promise<void> | undefined;
  /** Gives addresses to new pods while ipamd waits for EC2. */
  private serveMeanwhile: (() => void) | undefined;

  constructor(
    private instance: ClusterInstance,
    limits: InstanceLimits,
    private readonly outside: AgentOutside,
  ) {
    this.nodeName = nodeName(instance);
    const log = (line: string) => {
      this.log(line);
    };
    const logging = { ...outside, log };
    this.ipamd = new IpamdSupervisor(instance, limits, logging);
    this.trunk = new TrunkProvider(instance, limits, logging);
    this.staticPods = new StaticPods(logging);
    this.failures = new SandboxFailures(this.nodeName, outside);
    this.crashLoops = new CrashLoops({
      ...outside,
      wake: () => {
        this.wake();
      },
    });
  }

  /** Has it look at its node again; what changes while it looks is looked at once more. */
  wake(): void {
    this.isDue = true;
    if (this.isStopped) return;
    this.serveMeanwhile?.();
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Takes what EC2 says of the instance now. */
  see(instance: ClusterInstance): void {
    this.instance = instance;
  }

  /** What ipamd of the node can tell of itself; nothing while it does not run. */
  ipamdReport(): IpamdReport | undefined {
    const node = this.node();
    return node === undefined ? undefined : this.ipamd.report(node);
  }

  /** The end of its log, each line with its time. */
  recentLines(): readonly string[] {
    return this.lastLines;
  }

  /** Whether a pod of the node waits for its volumes. */
  hasWaitingPods(): boolean {
    return [...this.outside.view.podsOn(this.nodeName)].some(
      ({ claims, podIp }) => claims.length > 0 && podIp === undefined,
    );
  }

  /** Ends it, after what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.crashLoops.close();
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.isDue && !this.isStopped) {
      this.isDue = false;
      try {
        await this.look();
      } catch (error) {
        // The next look, a few seconds away at most, tries again.
        this.log(String(error));
      }
    }
  }

  private async look(): Promise<void> {
    const node = this.node();
    if (node === undefined) return;
    await this.crashLoops.turn(this.outside.view.podsOn(this.nodeName));
    await this.staticPods.keep(node);
    const daemon = await this.ipamd.supervise(node, () => this.node());
    if (daemon === undefined) {
      await this.failures.tell(this.waitingPods(), NO_IPAMD);
      return;
    }
    await this.trunk.provide(daemon, node);
    await daemon.refreshSecurityGroups(this.instance.securityGroups);
    this.takeBack(daemon);
    await this.handOut(daemon);
    await this.settle(daemon);
    await this.failures.tell(
      this.waitingPods().filter(({ uid }) => daemon.pool.addressOf(uid) === undefined),
      NO_ADDRESS,
    );
  }

  /** Has ipamd bring its pool to where it is to be, beside which pods get addresses as long as there are any. */
  private async settle(daemon: Ipamd): Promise<void> {
    const served: Promise<void>[] = [];
    this.serveMeanwhile = () => {
      const handedOut = this.handOut(daemon).catch((error: unknown) => {
        this.log(String(error));
      });
      served.push(handedOut);
    };
    try {
      await daemon.settle(() => this.handOut(daemon));
    } finally {
      this.serveMeanwhile = undefined;
      await Promise.all(served);
    }
  }

  /** The Node of this very instance: an earlier one may have had the same address, and so the same name. */
  private node(): NodeView | undefined {
    const node = this.outside.view.nodes.get(this.nodeName);
    return node?.providerId === providerId(this.instance) ? node : undefined;
  }

  /** Addresses of pods that are gone, or of which nothing runs any more. */
  private takeBack({ pool }: Ipamd): void {
    const { view, now } = this.outside;
    for (const uid of pool.assignments().keys()) {
      const pod = view.pod(this.nodeName, uid);
      if (pod === undefined || pod.isFinished) pool.release(uid, now());
    }
  }

  /** Addresses for pods that wait for one. */
  private async handOut({ pool }: Ipamd): Promise<void> {
    const gifts = giveAddresses(this.startingPods(), pool, this.outside.now());
    await Promise.all(gifts.map(({ pod, address }) => this.give(pod, address, pool)));
  }

  private async give(pod: PodView, address: string, pool: Ipamd["pool"]): Promise<void> {
    const now = new Date(this.outside.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const hostIp = this.instance.privateIpAddress;
    const status =
      pod.plain === undefined
        ? { podIP: address, podIPs: [{ ip: address }] }
        : runningStatus(pod.plain, { address, hostIp, now });
    try {
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`;
      // A pod of the same name that has come since is another one: refused with a conflict.
      await this.outside.api.patch(path, "strategic-merge", { metadata: { uid: pod.uid }, status });
    } catch (error) {
      pool.release(pod.uid, this.outside.now());
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
    }
  }

  /** Pods whose sandbox the kubelet makes, or has made: what they are to mount is there. */
  private startingPods(): PodView[] {
    const pods = [...this.outside.view.podsOn(this.nodeName)];
    return pods.filter((pod) => pod.podIp !== undefined || this.outside.hasVolumes(pod));
  }

  /** Those of them that have no address yet. */
  private waitingPods(): PodView[] {
    return this.startingPods().filter(
      ({ isOnHostNetwork, isTerminating, isFinished, podIp }) =>
        !isOnHostNetwork && !isTerminating && !isFinished && podIp === undefined,
    );
  }

  private log(line: string): void {
    this.lastLines.push(`${new Date(this.outside.now()).toISOString()} ${line}`);
    if (this.lastLines.length > KEPT_LINES) this.lastLines.shift();
    this.outside.log(`${this.nodeName}: ${line}`);
  }
}
