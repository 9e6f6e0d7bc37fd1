import type { EC2Client } from "@aws-sdk/client-ec2";
import type { V1Node } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "./cluster/apiServer";
import type { ClusterView, PodView } from "./cluster/view";
import { userDataOf, type ClusterInstance } from "./ec2/instances";
import { limitsOf, type InstanceLimits } from "./limitsOfInstanceType";
import { instanceIdOf, nodeName, nodeOf, providerId } from "./kubelet/registration";
import type { KubeletSettings } from "./kubelet/kubeletSettings";
import { readKubeletSettings } from "./kubelet/userData";

/** What the registry reaches. */
export interface RegistryOutside {
  readonly ec2: EC2Client;
  readonly api: Pick<ApiServer, "call">;
  readonly view: Pick<ClusterView, "nodes" | "podsOn">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** An instance whose kubelet runs, and what its type carries. */
export interface RunningInstance {
  readonly instance: ClusterInstance;
  readonly limits: InstanceLimits;
}

/**
 * Keeps Nodes in step with instances: what a kubelet does when it starts, and what the cloud provider's node lifecycle
 * controller does when an instance is gone.
 */
export class NodeRegistry {
  /** By instance. A kubelet registers once; a Node that somebody deletes stays away until the kubelet starts again. */
  private readonly registered = new Set<string>();
  /** Instances that never become Nodes. */
  private readonly refused = new Set<string>();
  /** Instances that wait for an earlier Node's pods to go. */
  private readonly waiting = new Set<string>();
  /** When Nodes were removed, by their names, in milliseconds since 1970. */
  private readonly removedAtMs = new Map<string, number>();

  /** @param kubeletVersion such as v1.36.1. */
  constructor(
    private readonly kubeletVersion: string,
    private readonly outside: RegistryOutside,
  ) {}

  /** Brings Nodes in step with all instances of clusters that there are. @returns those whose kubelets run. */
  async reconcile(instances: readonly ClusterInstance[]): Promise<RunningInstance[]> {
    await this.removeNodesWithout(instances);
    const running = await Promise.all(
      instances.filter(({ isRunning }) => isRunning).map((instance) => this.register(instance)),
    );
    return running.flat();
  }

  private async removeNodesWithout(instances: readonly ClusterInstance[]): Promise<void> {
    const { api, view, now, log } = this.outside;
    const there = new Set(instances.map(({ instanceId }) => instanceId));
    const gone = [...view.nodes.values()].filter(({ providerId }) => {
      const instanceId = instanceIdOf(providerId);
      return instanceId !== undefined && !there.has(instanceId);
    });
    await Promise.all(
      gone.map(async ({ name, uid }) => {
        try {
          await api.call("DELETE", `/api/v1/nodes/${name}`, { preconditions: { uid } });
          this.removedAtMs.set(name, now());
          log(`${name}: removed, its instance is gone`);
        } catch (error) {
          // Gone already, or another one by now.
          if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
        }
      }),
    );
  }

  private async register(instance: ClusterInstance): Promise<RunningInstance[]> {
    const { instanceId } = instance;
    if (this.refused.has(instanceId)) return [];
    try {
      const limits = limitsOf(instance.instanceType);
      if (!this.registered.has(instanceId)) {
        if (!(await this.makeNode(instance, limits))) return [];
        this.registered.add(instanceId);
      }
      return [{ instance, limits }];
    } catch (error) {
      if (error instanceof ApiError || this.outside.signal.aborted) throw error;
      this.refused.add(instanceId);
      this.outside.log(`${instanceId} never joins: ${String(error)}`);
      return [];
    }
  }

  /** @returns whether the Node is there; not while another one of its name, or a pod of that one, is. */
  private async makeNode(instance: ClusterInstance, limits: InstanceLimits): Promise<boolean> {
    const { api, ec2, view, now, log } = this.outside;
    const name = nodeName(instance);
    if (view.nodes.get(name)?.providerId === providerId(instance)) return true;
    if (this.waitsForPods(instance, name)) return false;
    const settings = readKubeletSettings(await userDataOf(ec2, instance.instanceId), limits);
    if (settings.clusterName !== instance.clusterName) throw new Error(strayed(instance, settings));
    for (const warning of settings.warnings) log(`${name}: ${warning}`);
    const node = nodeOf(instance, limits, settings, {
      version: this.kubeletVersion,
      now: new Date(now()),
    });
    try {
      await api.call("POST", "/api/v1/nodes", node);
      log(`${name}: joined, ${instance.instanceType}, ${node.status?.capacity?.pods ?? "?"} pods at most`);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const existing = await api.call<V1Node>("GET", `/api/v1/nodes/${name}`);
      return existing.spec?.providerID === providerId(instance);
    }
  }

  /**
   * Whether pods of an earlier instance with the same address, and so the same name, are still there. A kubelet would end
   * them; here the controller manager's pod garbage collector removes them, about a minute after their Node.
   */
  private waitsForPods(instance: ClusterInstance, name: string): boolean {
    const { view, log } = this.outside;
    const sinceMs = Math.max(instance.launchedAtMs, this.removedAtMs.get(name) ?? 0);
    const left = podsOfEarlierNode(view.podsOn(name), sinceMs);
    if (left.length === 0) {
      this.waiting.delete(instance.instanceId);
      return false;
    }
    if (!this.waiting.has(instance.instanceId)) {
      this.waiting.add(instance.instanceId);
      const pods = left.map((pod) => `${pod.namespace}/${pod.name}`).join(", ");
      log(
        `${name}: ${instance.instanceId} joins once the pods of the earlier node of this name are gone: ${pods}`,
      );
    }
    return true;
  }
}

/** Why the kubelet finds no cluster, or another one: user data says where to go, and the tag only who may. */
function strayed({ clusterName }: ClusterInstance, settings: KubeletSettings): string {
  const said = settings.clusterName === undefined ? "no cluster" : `the cluster ${settings.clusterName}`;
  return `its user data names ${said}, its tag ${clusterName}`;
}

/** Pods on a node that were there before it; those that have ended don't count, as nothing touches them any more. */
function podsOfEarlierNode(pods: Iterable<PodView>, sinceMs: number): PodView[] {
  return [...pods].filter(({ createdAtMs, isFinished }) => createdAtMs <= sinceMs && !isFinished);
}
