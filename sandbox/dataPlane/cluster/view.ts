import type { KubernetesObject, V1Node, V1Pod, V1Volume } from "@kubernetes/client-node";
import type { ApiServer } from "./apiServer";
import { plainContainers, type PlainContainer } from "../kubelet/plainPod";
import { CRASH_AFTER } from "../kubelet/crashLoop";
import {
  MIRROR_ANNOTATION,
  staticPodsOf,
  STATIC_PODS_LABEL,
  type StaticPodFolder,
} from "../kubelet/staticPodFolder";
import { NEEDS_ANNOTATION } from "../reachability/needs";
import { follow, type CollectionListener } from "./collection";

/** What the data plane looks at of a Node. */
export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly isSchedulable: boolean;
  /** It is being deleted, and a finalizer keeps it. */
  readonly isTerminating: boolean;
  /** status.capacity.pods. */
  readonly maxPods: number;
}

/** What the data plane looks at of a pod that is bound to a node. */
export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  /** In milliseconds since 1970; the API server says whole seconds. */
  readonly createdAtMs: number;
  readonly isOnHostNetwork: boolean;
  readonly isTerminating: boolean;
  /** It has succeeded or failed: nothing of it runs any more. */
  readonly isFinished: boolean;
  readonly podIp: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Container ports by their names. */
  readonly namedPorts: Readonly<Record<string, number>>;
  /** The pod as it is, of pods only that say what they need to reach. */
  readonly needing: V1Pod | undefined;
  /** Of a pod without an address that has nothing to do but to run, once it has one. */
  readonly plain: readonly PlainContainer[] | undefined;
  /** Names of its persistent volume claims. */
  readonly claims: readonly string[];
  /** Of which static pod it is the mirror: the hash of its manifest. */
  readonly mirrorOf: string | undefined;
  /** The pod as it is, of aws-node's pods only. */
  readonly awsNode: V1Pod | undefined;
  /** The pod as it is, of those whose annotation has their containers end. */
  readonly crashing: V1Pod | undefined;
}

/** What the data plane looks at of an ENIConfig. */
export interface EniConfigView {
  readonly name: string;
  readonly subnetId: string | undefined;
  readonly securityGroups: readonly string[];
}

/** The cluster, as far as a data plane looks at it; kept up to date. */
export class ClusterView {
  readonly nodes = new Map<string, NodeView>();
  readonly eniConfigs = new Map<string, EniConfigView>();
  /** What lies in the nodes' folders of static pods. */
  readonly staticPods = new Map<string, StaticPodFolder>();
  private readonly pods = new Map<string, Map<string, PodView>>();
  private readonly nodeOfPod = new Map<string, string>();
  private readonly needingPods = new Map<string, PodView>();

  /** @param changed takes the name of a node that something happened to; nothing when it may have been any. */
  constructor(private readonly changed: (nodeName?: string) => void) {}

  /** Starts to follow, and returns when everything was listed once. */
  async follow(
    api: ApiServer,
    outside: { readonly log: (line: string) => void; readonly signal: AbortSignal },
  ): Promise<void> {
    await Promise.all([
      follow(
        api,
        "/api/v1/nodes",
        nodeView,
        this.byName(this.nodes, ({ name }) => name),
        outside,
      ),
      follow(
        api,
        "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs",
        eniConfigView,
        this.byName(this.eniConfigs, () => undefined),
        outside,
      ),
      follow(
        api,
        `/api/v1/configmaps?labelSelector=${encodeURIComponent(STATIC_PODS_LABEL)}`,
        staticPodsOf,
        this.byName(this.staticPods, () => undefined),
        outside,
      ),
      follow(api, "/api/v1/pods", podView, this.podListener(), outside),
    ]);
  }

  podsOn(nodeName: string): Iterable<PodView> {
    return this.pods.get(nodeName)?.values() ?? [];
  }

  pod(nodeName: string, uid: string): PodView | undefined {
    return this.pods.get(nodeName)?.get(uid);
  }

  /** Pods that say what they need to reach. */
  *needing(): Iterable<V1Pod> {
    for (const { needing } of this.needingPods.values()) if (needing !== undefined) yield needing;
  }

  /** Pods of every node. */
  *allPods(): Iterable<PodView> {
    for (const pods of this.pods.values()) yield* pods.values();
  }

  private byName<T extends { readonly name: string }>(
    known: Map<string, T>,
    nodeNameOf: (object: T) => string | undefined,
  ): CollectionListener<T> {
    return {
      replaced: (objects) => {
        known.clear();
        for (const object of objects) known.set(object.name, object);
        this.changed();
      },
      changed: (object) => {
        known.set(object.name, object);
        this.changed(nodeNameOf(object));
      },
      removed: (object) => {
        known.delete(object.name);
        this.changed(nodeNameOf(object));
      },
    };
  }

  private podListener(): CollectionListener<PodView> {
    const put = (pod: PodView) => {
      if (pod.nodeName === "") return;
      const there = this.pods.get(pod.nodeName);
      if (there === undefined) this.pods.set(pod.nodeName, new Map([[pod.uid, pod]]));
      else there.set(pod.uid, pod);
      this.nodeOfPod.set(pod.uid, pod.nodeName);
      if (pod.needing === undefined) this.needingPods.delete(pod.uid);
      else this.needingPods.set(pod.uid, pod);
    };
    return {
      replaced: (pods) => {
        this.pods.clear();
        this.nodeOfPod.clear();
        this.needingPods.clear();
        pods.forEach(put);
        this.changed();
      },
      changed: (pod) => {
        put(pod);
        if (pod.nodeName !== "") this.changed(pod.nodeName);
      },
      removed: ({ uid }) => {
        const nodeName = this.nodeOfPod.get(uid);
        if (nodeName === undefined) return;
        this.nodeOfPod.delete(uid);
        this.needingPods.delete(uid);
        const there = this.pods.get(nodeName);
        there?.delete(uid);
        if (there?.size === 0) this.pods.delete(nodeName);
        this.changed(nodeName);
      },
    };
  }
}

function nodeView(object: KubernetesObject): NodeView {
  const { metadata, spec, status } = object as V1Node;
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    providerId: spec?.providerID ?? "",
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    isSchedulable: spec?.unschedulable !== true,
    isTerminating: metadata?.deletionTimestamp !== undefined,
    maxPods: Number(status?.capacity?.pods ?? 0),
  };
}

function podView(object: KubernetesObject): PodView {
  const pod = object as V1Pod;
  const { metadata, spec, status } = pod;
  const isAwsNode = metadata?.namespace === "kube-system" && metadata.labels?.["k8s-app"] === "aws-node";
  return {
    uid: metadata?.uid ?? "",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    nodeName: spec?.nodeName ?? "",
    createdAtMs: Date.parse(String(metadata?.creationTimestamp ?? "")),
    isOnHostNetwork: spec?.hostNetwork === true,
    isTerminating: metadata?.deletionTimestamp !== undefined,
    isFinished: status?.phase === "Succeeded" || status?.phase === "Failed",
    podIp: status?.podIP,
    labels: metadata?.labels ?? NOTHING,
    namedPorts: namedPortsOf(pod),
    needing: metadata?.annotations?.[NEEDS_ANNOTATION] === undefined ? undefined : pod,
    // Kept only while it is needed: most of what is known of thousands of pods would be this.
    plain: status?.podIP === undefined ? plainContainers(pod) : undefined,
    claims: (spec?.volumes ?? []).flatMap((volume) => claimOf(volume, metadata?.name ?? "")),
    mirrorOf: metadata?.annotations?.[MIRROR_ANNOTATION],
    awsNode: isAwsNode ? pod : undefined,
    crashing: metadata?.annotations?.[CRASH_AFTER] === undefined ? undefined : pod,
  };
}

/** The claim of a volume; that of an ephemeral one has the pod's name in its own. */
function claimOf({ name, persistentVolumeClaim, ephemeral }: V1Volume, podName: string): string[] {
  if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
  return ephemeral === undefined ? [] : [`${podName}-${name}`];
}

/** One object for all that have none, as there are thousands. */
const NOTHING: Readonly<Record<string, never>> = {};

function namedPortsOf({ spec }: V1Pod): Readonly<Record<string, number>> {
  const ports = spec?.containers.flatMap(({ ports }) => ports ?? []) ?? [];
  const named = ports.flatMap(({ name, containerPort }) =>
    name === undefined ? [] : [[name, containerPort]],
  );
  return named.length === 0 ? NOTHING : (Object.fromEntries(named) as Record<string, number>);
}

interface EniConfig extends KubernetesObject {
  readonly spec?: { readonly subnet?: string; readonly securityGroups?: readonly string[] };
}

function eniConfigView(object: KubernetesObject): EniConfigView {
  const { metadata, spec } = object as EniConfig;
  return {
    name: metadata?.name ?? "",
    subnetId: spec?.subnet,
    securityGroups: spec?.securityGroups ?? [],
  };
}
