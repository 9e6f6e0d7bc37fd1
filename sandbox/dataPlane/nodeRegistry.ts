import type { EC2Client } from "@aws-sdk/client-ec2";
import type { V1Node } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "./cluster/apiServer";
import type { ClusterView } from "./cluster/view";
import { listClusterInstances, userDataOf, type ClusterInstance } from "./ec2/instances";
import { limitsOf, type InstanceLimits } from "./limitsOfInstanceType";
import { nodeName, nodeOf, providerId } from "./kubelet/registration";
import { readKubeletSettings } from "./kubelet/userData";

/** What the registry reaches. */
export interface RegistryOutside {
  readonly ec2: EC2Client;
  readonly region: string;
  readonly api: ApiServer;
  readonly view: ClusterView;
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

  /** @param kubeletVersion such as v1.36.1. */
  constructor(
    private readonly kubeletVersion: string,
    private readonly outside: RegistryOutside,
  ) {}

  /** Brings Nodes in step. @returns the instances whose kubelets run. */
  async reconcile(): Promise<RunningInstance[]> {
    const { ec2, region, signal } = this.outside;
    const instances = await listClusterInstances(ec2, region, signal);
    await this.removeNodesWithout(instances);
    const running = await Promise.all(
      instances.filter(({ isRunning }) => isRunning).map((instance) => this.register(instance)),
    );
    return running.flat();
  }

  private async removeNodesWithout(instances: readonly ClusterInstance[]): Promise<void> {
    const { api, view, log } = this.outside;
    const there = new Set(instances.map(({ instanceId }) => instanceId));
    const gone = [...view.nodes.values()].filter(({ providerId }) => {
      const instanceId = /^aws:\/\/\/[^/]*\/(i-.+)$/.exec(providerId)?.[1];
      return instanceId !== undefined && !there.has(instanceId);
    });
    await Promise.all(
      gone.map(async ({ name, uid }) => {
        try {
          await api.call("DELETE", `/api/v1/nodes/${name}`, { preconditions: { uid } });
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

  /** @returns whether the Node is there; not while another one of its name is. */
  private async makeNode(instance: ClusterInstance, limits: InstanceLimits): Promise<boolean> {
    const { api, ec2, now, log } = this.outside;
    const name = nodeName(instance);
    const settings = readKubeletSettings(await userDataOf(ec2, instance.instanceId));
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
}
