import type { V1Pod } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "../cluster/apiServer";
import type { ClusterView, NodeView, PodView } from "../cluster/view";
import { isOnNode, MIRROR_ANNOTATION, type StaticPod } from "./staticPodFolder";

/**
 * Keeps a node's mirror pods: the API server's copies of the static pods that its kubelet runs by itself. Who deletes, or
 * evicts, a mirror pod deletes the copy alone, and the kubelet makes another one.
 *
 * Source: kubernetes/kubernetes, pkg/kubelet/pod/mirror_client.go.
 */
export class StaticPods {
  /** Hashes of manifests that the API server has refused, so that each is told once. */
  private readonly refused = new Set<string>();

  constructor(
    private readonly outside: {
      readonly api: Pick<ApiServer, "call">;
      readonly view: Pick<ClusterView, "staticPods" | "podsOn">;
      readonly log: (line: string) => void;
    },
  ) {}

  /** Makes the mirror pods that are missing, and removes those whose manifest is gone or another one. */
  async keep(node: NodeView): Promise<void> {
    const { view, log } = this.outside;
    const mirrors = [...view.podsOn(node.name)].filter(({ mirrorOf }) => mirrorOf !== undefined);
    const wanted = [...view.staticPods.values()]
      .filter((folder) => isOnNode(folder, node.labels))
      .flatMap(({ pods }) => pods);
    if (wanted.length === 0 && mirrors.length === 0) return;
    const kept = new Set(wanted.map(({ hash }) => hash));
    for (const mirror of mirrors) {
      if (!mirror.isTerminating && !kept.has(mirror.mirrorOf ?? "")) await this.remove(mirror);
    }
    const there = new Set(mirrors.map(({ namespace, name }) => `${namespace}/${name}`));
    for (const one of wanted) {
      const pod = mirrorPod(one, node);
      const { namespace = "", name = "" } = pod.metadata ?? {};
      // One of that name that is ending is waited for.
      if (there.has(`${namespace}/${name}`)) continue;
      if (await this.make(pod, one)) log(`made the mirror pod ${namespace}/${name}`);
    }
  }

  private async make(pod: V1Pod, { hash }: StaticPod): Promise<boolean> {
    try {
      await this.outside.api.call("POST", `/api/v1/namespaces/${pod.metadata?.namespace ?? ""}/pods`, pod);
      this.refused.delete(hash);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The manifest, or its namespace, is not as it has to be; the rest of the node goes on.
      if (error.status !== 409 && !this.refused.has(hash)) {
        this.refused.add(hash);
        this.outside.log(`static pod ${pod.metadata?.name ?? ""}: ${String(error)}`);
      }
      return false;
    }
  }

  private async remove({ namespace, name, uid }: PodView): Promise<void> {
    try {
      await this.outside.api.call("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, {
        gracePeriodSeconds: 0,
        preconditions: { uid },
      });
    } catch (error) {
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
    }
  }
}

function mirrorPod({ hash, pod }: StaticPod, node: NodeView): V1Pod {
  const { metadata } = pod;
  const given: object = pod.spec ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${metadata?.name ?? ""}-${node.name}`,
      namespace: metadata?.namespace ?? "default",
      labels: metadata?.labels ?? {},
      annotations: {
        ...metadata?.annotations,
        "kubernetes.io/config.hash": hash,
        "kubernetes.io/config.source": "file",
        [MIRROR_ANNOTATION]: hash,
      },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node.name, uid: node.uid, controller: true }],
    },
    spec: {
      containers: [],
      ...given,
      nodeName: node.name,
      // A kubelet's own pods stay whatever the taints of its node are.
      tolerations: [{ effect: "NoExecute", operator: "Exists" }],
    },
  };
}
