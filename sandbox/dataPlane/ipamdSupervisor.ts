import type { V1Pod } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "./cluster/apiServer";
import type { ClusterView, NodeView, PodView } from "./cluster/view";
import type { ClusterInstance } from "./ec2/instances";
import type { NodeInterfaces } from "./ec2/nodeInterfaces";
import type { ZoneSubnets } from "./ec2/zoneSubnets";
import type { IpamdReport } from "./introspection/ipamdReport";
import { cniVersionOf } from "./ipamd/cniVersion";
import { eniConfigName } from "./ipamd/eniConfigName";
import { Ipamd } from "./ipamd/ipamd";
import type { Patience } from "./ipamd/nextStep";
import { readIpamdSettings, type IpamdSettings } from "./ipamd/settings";
import { awsNodeEnv, awsNodeImage, awsNodeStatus, isReady, type AwsNodeState } from "./kubelet/awsNodePod";
import { backOffMs } from "./kubelet/backOff";
import { CNI_ANNOTATION, nodeName } from "./kubelet/registration";
import { isWindows, WINDOWS_ENVIRONMENT } from "./kubelet/windows";
import type { InstanceLimits } from "./limitsOfInstanceType";

/** What ipamd's supervisor reaches. */
export interface SupervisorOutside {
  readonly api: ApiServer;
  readonly view: ClusterView;
  readonly interfaces: NodeInterfaces;
  readonly subnets: ZoneSubnets;
  readonly patience: Patience;
  /** All durations are multiplied with it. */
  readonly pace: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * Runs ipamd as long as a pod of aws-node is on the node, with that pod's environment and as that pod's release: a rollout
 * of the DaemonSet changes one node after the other, and between the old pod and the new one no pod gets an address.
 *
 * A Windows node has no aws-node: the VPC resource controller gives its pods addresses of its one ENI, from the beginning.
 */
export class IpamdSupervisor {
  private running: { readonly podUid: string; readonly daemon: Ipamd } | undefined;
  /** Who had which address when ipamd last ended: the file that it keeps on its node. */
  private checkpoint: ReadonlyMap<string, string> = new Map();
  private crash: { readonly podUid: string; readonly restarts: number; readonly retryAt: number } | undefined;

  private readonly nodeName: string;

  constructor(
    private readonly instance: ClusterInstance,
    private readonly limits: InstanceLimits,
    private readonly outside: SupervisorOutside,
  ) {
    this.nodeName = nodeName(instance);
  }

  /**
   * Starts and stops ipamd with the pod of aws-node.
   *
   * @param current answers the Node as it is at that moment, for as long as ipamd runs.
   * @returns ipamd while it runs.
   */
  async supervise(node: NodeView, current: () => NodeView | undefined): Promise<Ipamd | undefined> {
    const pod = isWindows(node) ? undefined : this.awsNodePod();
    const podUid = isWindows(node) ? node.uid : pod?.uid;
    if (this.running !== undefined && this.running.podUid !== podUid) {
      this.checkpoint = this.running.daemon.pool.assignments();
      this.running = undefined;
    }
    if (podUid === undefined || this.running !== undefined) return this.running?.daemon;
    if (this.crash?.podUid !== podUid) this.crash = undefined;
    if (this.crash !== undefined && this.outside.now() < this.crash.retryAt) return undefined;
    try {
      const daemon = await this.start(settingsOf(pod?.awsNode), node, () => current() ?? node);
      if (pod !== undefined && !isReady(pod.awsNode)) await this.writeStatus(pod.awsNode, { kind: "ready" });
      if (node.annotations[CNI_ANNOTATION] !== "ok") await this.announceNetwork(node.name);
      this.running = { podUid, daemon };
      this.crash = undefined;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const restarts = (this.crash?.restarts ?? 0) + 1;
      const retryAt = this.outside.now() + backOffMs(restarts) * this.outside.pace;
      this.crash = { podUid, restarts, retryAt };
      const message = error instanceof Error ? error.message : String(error);
      this.outside.log(`aws-node ended: ${message}`);
      if (pod !== undefined)
        await this.writeStatus(pod.awsNode, { kind: "crashed", restarts, error: message });
    }
    return this.running?.daemon;
  }

  /** What ipamd can tell of itself; nothing while it does not run, nor on Windows. */
  report(node: NodeView): IpamdReport | undefined {
    const { view } = this.outside;
    const pod = this.running && view.pod(this.nodeName, this.running.podUid)?.awsNode;
    if (this.running === undefined || pod === undefined) return undefined;
    const version = cniVersionOf(awsNodeImage(pod));
    const env = awsNodeEnv(pod);
    return {
      ...this.running.daemon.state(),
      version,
      env,
      eniConfigName: eniConfigName(node, readIpamdSettings(env, version)),
      podOf: (uid) => view.pod(this.nodeName, uid),
    };
  }

  private awsNodePod(): (PodView & { readonly awsNode: V1Pod }) | undefined {
    for (const pod of this.outside.view.podsOn(this.nodeName)) {
      const { awsNode } = pod;
      if (awsNode !== undefined && !pod.isTerminating && !pod.isFinished) return { ...pod, awsNode };
    }
    return undefined;
  }

  private start(settings: IpamdSettings, { maxPods }: NodeView, node: () => NodeView): Promise<Ipamd> {
    const { interfaces, subnets, view, patience, pace, now, log } = this.outside;
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
        maxPods,
        addressesInUse,
      },
      {
        interfaces,
        subnets: () => subnets.of(this.instance.availabilityZone),
        node,
        eniConfig: (name) => view.eniConfigs.get(name),
        patience,
        now,
        log,
      },
    );
  }

  private async writeStatus(pod: V1Pod, state: AwsNodeState): Promise<void> {
    const { name = "", namespace = "", uid } = pod.metadata ?? {};
    const now = new Date(this.outside.now()).toISOString();
    const status = awsNodeStatus(pod, this.instance.privateIpAddress, state, now);
    await this.outside.api.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, "strategic-merge", {
      metadata: { uid },
      status,
    });
  }

  /** kwok makes the Node Ready on this. */
  private async announceNetwork(nodeName: string): Promise<void> {
    await this.outside.api.patch(`/api/v1/nodes/${nodeName}`, "merge", {
      metadata: { annotations: { [CNI_ANNOTATION]: "ok" } },
    });
  }
}

/** @param pod of aws-node; none on Windows. */
function settingsOf(pod: V1Pod | undefined): IpamdSettings {
  if (pod === undefined) return readIpamdSettings(WINDOWS_ENVIRONMENT);
  return readIpamdSettings(awsNodeEnv(pod), cniVersionOf(awsNodeImage(pod)));
}
