import type { V1Pod } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "./cluster/apiServer";
import type { ClusterView, NodeView, PodView } from "./cluster/view";
import type { ClusterInstance } from "./ec2/instances";
import type { NodeInterfaces } from "./ec2/nodeInterfaces";
import type { InstanceLimits } from "./limitsOfInstanceType";
import { giveAddresses } from "./ipamd/giveAddresses";
import { Ipamd } from "./ipamd/ipamd";
import type { Patience } from "./ipamd/nextStep";
import { readIpamdSettings } from "./ipamd/settings";
import { awsNodeEnv, awsNodeStatus, isReady, type AwsNodeState } from "./kubelet/awsNodePod";
import { TrunkProvider } from "./resourceController/trunk";
import { CNI_ANNOTATION, nodeName, providerId } from "./kubelet/registration";

/** What an agent reaches. */
export interface AgentOutside {
  readonly api: ApiServer;
  readonly view: ClusterView;
  readonly interfaces: NodeInterfaces;
  readonly patience: Patience;
  /** All durations are multiplied with it. */
  readonly pace: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** How the kubelet spaces restarts of a container that ends: doubled each time. */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

/**
 * What runs on one instance: the part of the kubelet that kwok can't play, and aws-node.
 *
 * ipamd runs while a pod of aws-node does, with that pod's environment: a rollout of the DaemonSet changes one node after
 * the other, and between the old pod and the new one no pod gets an address.
 */
export class NodeAgent {
  readonly nodeName: string;
  private readonly trunk: TrunkProvider;
  private ipamd: { readonly podUid: string; readonly daemon: Ipamd } | undefined;
  /** Who had which address when ipamd last ended: the file that it keeps on its node. */
  private checkpoint: ReadonlyMap<string, string> = new Map();
  private crash: { readonly podUid: string; readonly restarts: number; readonly retryAt: number } | undefined;
  private isDue = false;
  private isStopped = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly instance: ClusterInstance,
    private readonly limits: InstanceLimits,
    private readonly outside: AgentOutside,
  ) {
    this.nodeName = nodeName(instance);
    const log = (line: string) => {
      this.log(line);
    };
    this.trunk = new TrunkProvider(instance, limits, { ...outside, log });
  }

  /** Has it look at its node again; what changes while it looks is looked at once more. */
  wake(): void {
    this.isDue = true;
    if (this.isStopped) return;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Ends it, after what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
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
    await this.superviseIpamd(node);
    if (this.ipamd === undefined) return;
    const { daemon } = this.ipamd;
    await this.trunk.provide(daemon, node);
    this.takeBack(daemon);
    await this.handOut(daemon);
    await daemon.settle(() => this.handOut(daemon));
  }

  /** The Node of this very instance: an earlier one may have had the same address, and so the same name. */
  private node(): NodeView | undefined {
    const node = this.outside.view.nodes.get(this.nodeName);
    return node?.providerId === providerId(this.instance) ? node : undefined;
  }

  /** Starts and stops ipamd with the pod of aws-node. */
  private async superviseIpamd(node: NodeView): Promise<void> {
    const pod = this.awsNodePod();
    if (this.ipamd !== undefined && this.ipamd.podUid !== pod?.uid) {
      this.checkpoint = this.ipamd.daemon.pool.assignments();
      this.ipamd = undefined;
    }
    if (pod === undefined || this.ipamd !== undefined) return;
    if (this.crash?.podUid !== pod.uid) this.crash = undefined;
    if (this.crash !== undefined && this.outside.now() < this.crash.retryAt) return;
    try {
      const daemon = await this.startIpamd(pod.awsNode, node);
      if (!isReady(pod.awsNode)) await this.report(pod.awsNode, { kind: "ready" });
      if (node.annotations[CNI_ANNOTATION] !== "ok") await this.announceNetwork();
      this.ipamd = { podUid: pod.uid, daemon };
      this.crash = undefined;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const restarts = (this.crash?.restarts ?? 0) + 1;
      const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (restarts - 1), LONGEST_BACK_OFF_MS);
      this.crash = {
        podUid: pod.uid,
        restarts,
        retryAt: this.outside.now() + backOffMs * this.outside.pace,
      };
      const message = error instanceof Error ? error.message : String(error);
      this.log(`aws-node ended: ${message}`);
      await this.report(pod.awsNode, { kind: "crashed", restarts, error: message });
    }
  }

  private awsNodePod(): (PodView & { readonly awsNode: V1Pod }) | undefined {
    for (const pod of this.outside.view.podsOn(this.nodeName)) {
      const { awsNode } = pod;
      if (awsNode !== undefined && !pod.isTerminating && !pod.isFinished) return { ...pod, awsNode };
    }
    return undefined;
  }

  private startIpamd(pod: V1Pod, node: NodeView): Promise<Ipamd> {
    const { interfaces, view, pace, now } = this.outside;
    const settings = readIpamdSettings(awsNodeEnv(pod));
    const addressesInUse = new Map<string, string>();
    for (const { uid, podIp, isOnHostNetwork, isFinished } of view.podsOn(this.nodeName)) {
      if (isOnHostNetwork || isFinished) continue;
      // What was given a moment ago may not have come back from the API server yet.
      const address = this.checkpoint.get(uid) ?? podIp;
      if (address !== undefined) addressesInUse.set(uid, address);
    }
    return Ipamd.start(
      {
        settings: { ...settings, cooldownMs: settings.cooldownMs * pace },
        limits: this.limits,
        maxPods: node.maxPods,
        addressesInUse,
      },
      {
        interfaces,
        node: () => this.node() ?? node,
        eniConfig: (name) => view.eniConfigs.get(name),
        patience: this.outside.patience,
        now,
        log: (line) => {
          this.log(line);
        },
      },
    );
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
    const { view, now } = this.outside;
    const gifts = giveAddresses(view.podsOn(this.nodeName), pool, now());
    await Promise.all(gifts.map(({ pod, address }) => this.give(pod, address, pool)));
  }

  private async give(pod: PodView, address: string, pool: Ipamd["pool"]): Promise<void> {
    try {
      await this.outside.api.patch(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`, "merge", {
        // A pod of the same name that has come since is another one: refused with a conflict.
        metadata: { uid: pod.uid },
        status: { podIP: address, podIPs: [{ ip: address }] },
      });
    } catch (error) {
      pool.release(pod.uid, this.outside.now());
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
    }
  }

  private async report(pod: V1Pod, state: AwsNodeState): Promise<void> {
    const { name = "", namespace = "", uid } = pod.metadata ?? {};
    const status = awsNodeStatus(
      pod,
      this.instance.privateIpAddress,
      state,
      new Date(this.outside.now()).toISOString(),
    );
    await this.outside.api.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, "strategic-merge", {
      metadata: { uid },
      status,
    });
  }

  /** kwok makes the Node Ready on this. */
  private async announceNetwork(): Promise<void> {
    await this.outside.api.patch(`/api/v1/nodes/${this.nodeName}`, "merge", {
      metadata: { annotations: { [CNI_ANNOTATION]: "ok" } },
    });
  }

  private log(line: string): void {
    this.outside.log(`${this.nodeName}: ${line}`);
  }
}
