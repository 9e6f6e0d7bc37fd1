import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An API server that has a cluster to list and to watch, and nothing behind it. */
export interface PlayedApiServer {
  readonly url: string;
  /** The last pod that changes: it is Ready no more, on `node-0`. */
  readonly lastPod: string;
  close(): void;
}

/** What an object of a real cluster has besides what anybody looks at, in bytes: mostly managedFields. */
const AROUND_BYTES = 4_000;

/**
 * Serves nodes, as many pods for each, and a budget for 50 pods; a watch tells of a change of every pod, then nothing.
 *
 * Objects are made as they are asked for, so that what is measured beside it is not this.
 */
export async function playedApiServer(nodes: number, podsANode: number): Promise<PlayedApiServer> {
  const pods = nodes * podsANode;
  const collections: Readonly<
    Record<string, { readonly count: number; readonly make: (index: number, isReady: boolean) => object }>
  > = {
    "/api/v1/nodes": { count: nodes, make: node },
    "/api/v1/pods": { count: pods, make: (index, isReady) => pod(index, index % nodes, isReady) },
    "/apis/policy/v1/poddisruptionbudgets": { count: pods / PODS_A_BUDGET, make: budget },
  };
  const watched = async (response: ServerResponse, path: string) => {
    const { count, make } = collections[path] ?? { count: 0, make: node };
    // The other collections do not change.
    if (path !== "/api/v1/pods") return;
    for (let index = count - 1; index >= 0; index--) {
      const line = `${JSON.stringify({ type: "MODIFIED", object: make(index, false) })}\n`;
      if (!response.write(line)) await new Promise((resolve) => response.once("drain", resolve));
    }
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://bench");
    response.setHeader("Content-Type", "application/json");
    if (searchParams.get("watch") === "true") {
      void watched(response, pathname);
      return;
    }
    const { count, make } = collections[pathname] ?? { count: 0, make: node };
    const from = Number(searchParams.get("continue") ?? "0");
    const to = Math.min(count, from + Number(searchParams.get("limit") ?? count));
    response.end(
      JSON.stringify({
        metadata: { resourceVersion: "1", ...(to < count && { continue: String(to) }) },
        items: Array.from({ length: to - from }, (_, index) => make(from + index, true)),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastPod: podNameOf(0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const PODS_A_BUDGET = 50;

function podNameOf(index: number): string {
  return `app-${Math.floor(index / PODS_A_BUDGET)}-6d5f7c9b8d-${index.toString(36).padStart(5, "0")}`;
}

function around(index: number): object {
  return {
    uid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    managedFields: [{ manager: "kubelet", fieldsV1: { is: `${index}`.padEnd(AROUND_BYTES, ".") } }],
  };
}

function node(index: number, isReady: boolean): object {
  const name = `node-${index}`;
  return {
    metadata: {
      ...around(index),
      name,
      labels: {
        "eks.amazonaws.com/nodegroup": `general-${index % 20}`,
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": "m5.xlarge",
        "topology.kubernetes.io/zone": `us-west-2${"abc"[index % 3] ?? ""}`,
      },
    },
    spec: { providerID: `aws:///us-west-2a/i-${index.toString(16).padStart(17, "0")}` },
    status: {
      allocatable: { cpu: "3920m", memory: "15155Mi", pods: "58" },
      conditions: [{ type: "Ready", status: isReady ? "True" : "False" }],
    },
  };
}

function pod(index: number, nodeIndex: number, isReady: boolean): object {
  const app = `app-${Math.floor(index / PODS_A_BUDGET)}`;
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: `${app}-6d5f7c9b8d`, uid: `uid-${app}` };
  return {
    metadata: {
      ...around(index),
      name: podNameOf(index),
      namespace: "shop",
      labels: { app, "pod-template-hash": "6d5f7c9b8d" },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: {
      nodeName: `node-${nodeIndex}`,
      containers: [{ name: "app", resources: { requests: { cpu: "100m", memory: "128Mi" } } }],
    },
    status: {
      phase: "Running",
      podIP: `10.64.${(index >> 8) & 255}.${index & 255}`,
      conditions: [{ type: "Ready", status: isReady ? "True" : "False" }],
    },
  };
}

function budget(index: number): object {
  const app = `app-${index}`;
  return {
    metadata: { ...around(index), name: app, namespace: "shop" },
    spec: { selector: { matchLabels: { app } }, maxUnavailable: "20%" },
    status: { disruptionsAllowed: 10, currentHealthy: 50, desiredHealthy: 40, expectedPods: 50 },
  };
}
