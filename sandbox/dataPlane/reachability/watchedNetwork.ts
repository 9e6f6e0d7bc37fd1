import type { EC2Client } from "@aws-sdk/client-ec2";
import type { V1Pod } from "@kubernetes/client-node";
import type { ApiServer } from "../cluster/apiServer";
import { follow } from "../cluster/collection";
import type { ClusterView } from "../cluster/view";
import { awsNodeEnv } from "../kubelet/awsNodePod";
import { readEc2Network, type Ec2Network } from "./ec2Network";
import type { NetworkPolicyView, NetworkView, NodeNetworkView, PodNetworkView } from "./network";
import { namespaceView, networkPolicyView, type NamespaceView } from "./policies";

/** What the network is watched with. */
export interface WatchedNetworkOutside {
  readonly ec2: EC2Client;
  readonly view: ClusterView;
  /** Milliseconds, of a clock that never goes back. */
  readonly now: () => number;
}

/** Reading EC2 takes the emulated one at most this part of its time, however large it is and however often it changes. */
const READING_SHARE = 10;

/** The Kubernetes half of a network. */
type KubernetesNetwork = Pick<NetworkView, "nodes" | "pods" | "namespaces" | "networkPolicies">;

/**
 * The network as it is now. It is put together when somebody asks, and then only what has changed since: where nobody
 * asks, thousands of ENIs cost nothing.
 */
export class WatchedNetwork {
  private readonly policies = new Map<string, NetworkPolicyView>();
  private readonly namespaces = new Map<string, NamespaceView["labels"]>();
  private ofEc2: Ec2Network | undefined;
  private ofKubernetes: KubernetesNetwork | undefined;
  private isEc2Stale = true;
  private reading: Promise<Ec2Network> | undefined;
  private readAgainFrom = -Infinity;

  constructor(private readonly outside: WatchedNetworkOutside) {}

  /** Starts to follow NetworkPolicies and namespaces. @param changed is called whenever one of them changes. */
  async follow(
    api: ApiServer,
    changed: () => void,
    outside: { readonly log: (line: string) => void; readonly signal: AbortSignal },
  ): Promise<void> {
    const keepIn = <T, V>(known: Map<string, V>, entry: (object: T) => readonly [string, V]) => ({
      replaced: (objects: readonly T[]) => {
        known.clear();
        for (const object of objects) known.set(...entry(object));
        this.clusterChanged();
        changed();
      },
      changed: (object: T) => {
        known.set(...entry(object));
        this.clusterChanged();
        changed();
      },
      removed: (object: T) => {
        known.delete(entry(object)[0]);
        this.clusterChanged();
        changed();
      },
    });
    const policies = keepIn(this.policies, (policy: NetworkPolicyView) => [
      `${policy.namespace}/${policy.name}`,
      policy,
    ]);
    const namespaces = keepIn(this.namespaces, ({ name, labels }: NamespaceView) => [name, labels]);
    await Promise.all([
      follow(api, "/apis/networking.k8s.io/v1/networkpolicies", networkPolicyView, policies, outside),
      follow(api, "/api/v1/namespaces", namespaceView, namespaces, outside),
    ]);
  }

  /** Something in EC2 may have changed. */
  awsChanged(): void {
    this.isEc2Stale = true;
  }

  /** Something in the cluster has changed. */
  clusterChanged(): void {
    this.ofKubernetes = undefined;
  }

  /**
   * The network as it is now. Of EC2 it may be older, while changes come faster than it can be read.
   *
   * @param addresses that have to be known, or else EC2 is read again if it has changed at all.
   * @throws Error when EC2 does not answer.
   */
  async current(addresses: readonly string[] = []): Promise<NetworkView> {
    const ec2 = await this.currentEc2(addresses);
    this.ofKubernetes ??= this.readKubernetes();
    return { ...ec2, ...this.ofKubernetes };
  }

  private async currentEc2(addresses: readonly string[]): Promise<Ec2Network> {
    const known = this.ofEc2;
    const knowsAll = addresses.every((address) => known?.interfaces.has(address));
    const mayWait = knowsAll && this.outside.now() < this.readAgainFrom;
    if (known !== undefined && (!this.isEc2Stale || mayWait)) return known;
    this.reading ??= this.readEc2().finally(() => (this.reading = undefined));
    return await this.reading;
  }

  private async readEc2(): Promise<Ec2Network> {
    const startedAt = this.outside.now();
    // What changes from here on may be missing in what is read.
    this.isEc2Stale = false;
    try {
      this.ofEc2 = await readEc2Network(this.outside.ec2);
      return this.ofEc2;
    } catch (error) {
      this.isEc2Stale = true;
      throw error;
    } finally {
      const endedAt = this.outside.now();
      this.readAgainFrom = endedAt + (endedAt - startedAt) * (READING_SHARE - 1);
    }
  }

  private readKubernetes(): KubernetesNetwork {
    const { view } = this.outside;
    const pods = new Map<string, PodNetworkView>();
    const agents = new Map<string, { readonly pod: V1Pod; readonly address: string }>();
    for (const pod of view.allPods()) {
      if (pod.awsNode !== undefined && !pod.isTerminating && pod.podIp !== undefined) {
        agents.set(pod.nodeName, { pod: pod.awsNode, address: pod.podIp });
      }
      if (pod.podIp !== undefined && !pod.isOnHostNetwork && !pod.isFinished) pods.set(pod.podIp, pod);
    }
    const nodes = [...view.nodes.values()].flatMap(({ name, providerId }) => {
      const agent = agents.get(name);
      const instanceId = providerId.slice(providerId.lastIndexOf("/") + 1);
      return agent === undefined ? [] : [[instanceId, nodeView(agent)] as const];
    });
    return {
      nodes: new Map(nodes),
      pods,
      namespaces: this.namespaces,
      networkPolicies: [...this.policies.values()],
    };
  }
}

/** What a node does with its pods' traffic is said by the pod of aws-node on it, which a rollout may not have reached yet. */
function nodeView({ pod, address }: { readonly pod: V1Pod; readonly address: string }): NodeNetworkView {
  const env = awsNodeEnv(pod);
  const agent = pod.spec?.containers.find(({ name }) => name === "aws-eks-nodeagent");
  return {
    address,
    externalSnat: env.AWS_VPC_K8S_CNI_EXTERNALSNAT?.toLowerCase() === "true",
    excludeSnatCidrs: (env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS ?? "").split(",").map((cidr) => cidr.trim()),
    enforcesNetworkPolicies: agent?.args?.includes("--enable-network-policy=true") === true,
  };
}
