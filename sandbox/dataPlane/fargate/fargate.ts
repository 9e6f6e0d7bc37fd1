import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";
import type { ApiServer } from "../cluster/apiServer";
import { follow } from "../cluster/collection";
import type { ClusterView } from "../cluster/view";
import { StepsUnderWay } from "../stepsUnderWay";
import { admissionPolicy, FARGATE_SCHEDULER, policyNameOf, POLICY_LABEL, PROFILE_LABEL } from "./admission";
import { COMPUTE_TYPE, ENI_ANNOTATION, fargateNode, fargateNodeName, type FargatePlace } from "./fargateNode";
import type { FargateProfile, FargateProfiles } from "./profiles";

/** What Fargate reaches. */
export interface FargateOutside {
  readonly api: ApiServer;
  readonly ec2: EC2Client;
  readonly view: Pick<ClusterView, "nodes">;
  readonly profiles: FargateProfiles;
  readonly region: string;
  /** Such as v1.36.1. */
  readonly kubeletVersion: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const POLICIES = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies";
const BINDINGS = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings";

/**
 * AWS Fargate: every pod of a profile gets a node of its own, with an ENI in one of the profile's subnets, whose address is
 * the pod's. Settings of aws-node, ENIConfigs and security groups of nodes are nothing to it.
 */
export class Fargate {
  private profiles: readonly FargateProfile[] = [];
  /** Names of policies that are there; nothing before the first look. */
  private policies: Set<string> | undefined;
  private readonly pods = new Map<string, V1Pod>();
  /** The nodes that were made for pods, by the pods' uids: a binding is not seen at once. */
  private readonly placed = new Map<string, string>();
  private readonly steps: StepsUnderWay;
  private made = 0;

  constructor(private readonly outside: FargateOutside) {
    this.steps = new StepsUnderWay((line) => {
      outside.log(`Fargate: ${line}`);
    });
  }

  /** Starts to follow the pods of its scheduler, and returns when they were listed once. */
  async follow(): Promise<void> {
    const { api, log, signal } = this.outside;
    const uidOf = ({ metadata }: V1Pod) => metadata?.uid ?? "";
    await follow(
      api,
      `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.schedulerName=${FARGATE_SCHEDULER}`)}`,
      (object) => object as V1Pod,
      {
        replaced: (pods) => {
          this.pods.clear();
          for (const pod of pods) this.pods.set(uidOf(pod), pod);
          this.wake();
        },
        changed: (pod) => {
          this.pods.set(uidOf(pod), pod);
          this.wake();
        },
        removed: (pod) => {
          this.pods.delete(uidOf(pod));
          this.wake();
        },
      },
      { log, signal },
    );
  }

  /** Brings the API server's policies in step with the profiles. @throws Error as EKS and the API server say. */
  async refresh(): Promise<void> {
    const { api, profiles, signal } = this.outside;
    this.profiles = await profiles.list(signal);
    this.policies ??= await this.policiesThere();
    const wanted = new Map(this.profiles.map((profile) => [policyNameOf(profile), profile]));
    for (const [name, profile] of wanted) {
      if (this.policies.has(name)) continue;
      const { policy, binding } = admissionPolicy(profile);
      await api.call("POST", POLICIES, policy);
      await api.call("POST", BINDINGS, binding);
      this.policies.add(name);
    }
    for (const name of this.policies) {
      if (wanted.has(name)) continue;
      await api.call("DELETE", `${BINDINGS}/${name}`);
      await api.call("DELETE", `${POLICIES}/${name}`);
      this.policies.delete(name);
    }
    this.wake();
  }

  /** Gives pods their nodes, and takes away the nodes whose pod is gone. */
  wake(): void {
    const nodesInUse = new Set<string>();
    for (const pod of this.pods.values()) {
      const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
      const nodeName = pod.spec?.nodeName ?? "";
      if (!isOver) nodesInUse.add(nodeName).add(this.placed.get(pod.metadata?.uid ?? "") ?? "");
      if (nodeName === "" && pod.metadata?.deletionTimestamp === undefined) this.place(pod);
      else if (nodeName !== "" && pod.status?.podIP === undefined && !isOver) this.start(nodeName, pod);
    }
    for (const uid of this.placed.keys()) if (!this.pods.has(uid)) this.placed.delete(uid);
    for (const { name, labels, annotations } of this.outside.view.nodes.values()) {
      if (labels[COMPUTE_TYPE] !== "fargate" || nodesInUse.has(name)) continue;
      this.remove(name, annotations[ENI_ANNOTATION]);
    }
  }

  private async policiesThere(): Promise<Set<string>> {
    const selector = encodeURIComponent(POLICY_LABEL);
    const { items } = await this.outside.api.call<{ items: KubernetesObject[] }>(
      "GET",
      `${POLICIES}?labelSelector=${selector}`,
    );
    return new Set(items.map(({ metadata }) => metadata?.name ?? ""));
  }

  private place(pod: V1Pod): void {
    const { name = "", namespace = "", uid = "", labels = {} } = pod.metadata ?? {};
    const profile = this.profiles.find((one) => one.name === labels[PROFILE_LABEL]);
    if (profile === undefined || this.placed.has(uid)) return;
    this.once(uid, async () => {
      const nodeName = await this.makeNode(profile, uid);
      try {
        await this.outside.api.call("POST", `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
          metadata: { name, namespace, uid },
          target: { apiVersion: "v1", kind: "Node", name: nodeName },
        });
      } catch (error) {
        // Then the node is nobody's, and taken away at the next look.
        this.placed.delete(uid);
        throw error;
      }
      this.outside.log(`${nodeName}: ${namespace}/${name}, by the Fargate profile ${profile.name}`);
      await this.giveAddress(nodeName, pod);
    });
  }

  /** @returns the Node's name. */
  private async makeNode(profile: FargateProfile, uid: string): Promise<string> {
    const { api, kubeletVersion } = this.outside;
    const place = await this.makeInterface(profile);
    this.placed.set(uid, fargateNodeName(place));
    try {
      await api.call("POST", "/api/v1/nodes", fargateNode(place, kubeletVersion));
    } catch (error) {
      this.placed.delete(uid);
      await this.deleteInterface(place.interfaceId);
      throw error;
    }
    return fargateNodeName(place);
  }

  private start(nodeName: string, pod: V1Pod): void {
    this.once(pod.metadata?.uid ?? "", () => this.giveAddress(nodeName, pod));
  }

  /** The pod's address is its node's; kwok starts it then. */
  private async giveAddress(nodeName: string, { metadata }: V1Pod): Promise<void> {
    const { name = "", namespace = "", uid } = metadata ?? {};
    const address = /^fargate-ip-([\d-]+)\./.exec(nodeName)?.[1]?.replaceAll("-", ".");
    await this.outside.api.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, "merge", {
      metadata: { uid },
      status: { podIP: address, podIPs: [{ ip: address }] },
    });
  }

  private remove(nodeName: string, interfaceId: string | undefined): void {
    this.once(nodeName, async () => {
      await this.outside.api.call("DELETE", `/api/v1/nodes/${nodeName}`);
      if (interfaceId !== undefined) await this.deleteInterface(interfaceId);
      this.outside.log(`${nodeName}: removed, its pod is gone`);
    });
  }

  private async makeInterface({ name, subnetIds, securityGroupId }: FargateProfile): Promise<FargatePlace> {
    const SubnetId = subnetIds[this.made++ % subnetIds.length];
    const { NetworkInterface: made } = await this.outside.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId,
        Description: `fargate profile ${name}`,
        ...(securityGroupId === undefined ? {} : { Groups: [securityGroupId] }),
      }),
    );
    return {
      interfaceId: made?.NetworkInterfaceId ?? "",
      address: made?.PrivateIpAddress ?? "",
      availabilityZone: made?.AvailabilityZone ?? "",
      region: this.outside.region,
    };
  }

  private async deleteInterface(NetworkInterfaceId: string): Promise<void> {
    await this.outside.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }

  /** Runs a step unless it is under way; what fails is tried again at the next look. */
  private once(key: string, act: () => Promise<unknown>): void {
    if (!this.outside.signal.aborted) this.steps.run(key, act);
  }
}
