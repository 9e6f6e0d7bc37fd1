import { systemClock } from "../../../automation/clock";
import type { ApiObject, Kubernetes } from "../../../automation/kubernetes";
import { whileWatching } from "../../../automation/rotation/clusterWatch";
import { drainOf } from "../../../automation/rotation/drain";
import type { DrainContext, DrainingNode } from "../../../automation/rotation/drainingNode";
import type { RotationHappening } from "../../../automation/rotation/events";
import { NO_RESTARTS } from "../../../automation/rotation/singleReplicas";
import { undoStack } from "../../../automation/rotation/undoStack";
import { volumeAttachmentsIn } from "../../../automation/rotation/volumeAttachments";
import { playedLease } from "./playedLease";
import { noLoadBalancers } from "./playedLoadBalancers";
import { eventually } from "./podNetwork";

// Nodes and pods on a control plane without an AWS: kwok plays them under the sandbox's own stages.

const PODS = "/api/v1/namespaces/default/pods";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

interface ApiDeployment extends ApiObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: object;
  };
  readonly status?: { readonly readyReplicas?: number };
}

/** Makes a Node, which becomes Ready. */
export async function makeNode(kubernetes: Kubernetes, name: string, index: number): Promise<void> {
  const capacity = { cpu: "16", memory: "64Gi", pods: "110" };
  await kubernetes.create("/api/v1/nodes", {
    // What the data plane says of a node whose CNI runs.
    metadata: {
      name,
      annotations: { "sandbox/cni": "ok" },
      labels: { name, "eks.amazonaws.com/nodegroup": "general" },
    },
    spec: { providerID: `aws:///us-west-2a/${instanceOf(index)}` },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [{ type: "InternalIP", address: `10.8.0.${index}` }],
    },
  } as ApiObject);
}

function instanceOf(index: number): string {
  return `i-${index.toString(16).padStart(17, "0")}`;
}

/** Makes pods on the host's network, which need no address that nobody gives here, and waits until all are Ready. */
export async function makeDeployment(
  kubernetes: Kubernetes,
  name: string,
  replicas: number,
  pod: object = {},
): Promise<void> {
  const matchLabels = { app: name };
  const template = {
    metadata: { labels: matchLabels },
    spec: {
      hostNetwork: true,
      containers: [{ name: "app", image: "registry.internal/app:1.0.0" }],
      terminationGracePeriodSeconds: 1,
      ...pod,
    },
  };
  const deployment: ApiDeployment = {
    metadata: { name, namespace: "default" },
    spec: { replicas, selector: { matchLabels }, template },
  };
  await kubernetes.create(DEPLOYMENTS, deployment);
  await eventually(
    `${name} is ready`,
    async () => {
      const { status } = await kubernetes.get<ApiDeployment>(`${DEPLOYMENTS}/${name}`);
      return status?.readyReplicas === replicas;
    },
    120_000,
  );
}

/** Makes a budget of an app, and waits until its controller has looked at it. */
export async function makeBudget(
  kubernetes: Kubernetes,
  app: string,
  promise: { readonly maxUnavailable: number } | { readonly minAvailable: number },
): Promise<void> {
  const budget = {
    metadata: { name: app, namespace: "default" },
    spec: { selector: { matchLabels: { app } }, ...promise },
  };
  await kubernetes.create(BUDGETS, budget);
  await eventually(`the budget ${app} is known`, async () => {
    const { status } = await kubernetes.get<ApiObject & { status?: { disruptionsAllowed?: number } }>(
      `${BUDGETS}/${app}`,
    );
    return (status?.disruptionsAllowed ?? 0) > 0;
  });
}

/** The names of an app's pods on a node. */
export async function podsOf(kubernetes: Kubernetes, app: string, node: string): Promise<string[]> {
  return kubernetes.list(PODS, ({ metadata }) => metadata.name, {
    labelSelector: `app=${app}`,
    fieldSelector: `spec.nodeName=${node}`,
  });
}

/** Deletes a pod without waiting for its end. */
export async function deletePodAtOnce(kubernetes: Kubernetes, name: string): Promise<void> {
  await kubernetes.patch(`${PODS}/${name}`, { metadata: { annotations: { "sandbox/stop-after": "0s" } } });
  await kubernetes.delete(`${PODS}/${name}?gracePeriodSeconds=0`);
}

/** How a drain ended. */
export interface Drained {
  readonly ended: readonly DrainingNode[];
  readonly events: readonly RotationHappening[];
}

/** Drains a node as a rotation does; its Node goes with its instance. */
export async function drainNode(
  kubernetes: Kubernetes,
  name: string,
  onEvent: (event: RotationHappening) => void = () => undefined,
): Promise<Drained> {
  const events: RotationHappening[] = [];
  const { signal } = new AbortController();
  let isTerminated = false;
  const autoScaling = {
    send: async ({ input: { InstanceId } }: { readonly input: { readonly InstanceId?: string } }) => {
      if (InstanceId !== undefined) {
        isTerminated = true;
        await kubernetes.delete(`/api/v1/nodes/${name}`);
      }
      return { AutoScalingInstances: [{ LifecycleState: isTerminated ? "Terminating" : "InService" }] };
    },
  };
  const tools = {
    kubernetes,
    clock: systemClock,
    signal,
    emit: (event: RotationHappening) => {
      events.push(event);
      onEvent(event);
    },
    autoScaling,
    lease: playedLease(),
    ec2: { send: () => Promise.resolve({}) },
    eks: { send: () => Promise.resolve({}) },
  };
  const ended = await whileWatching(tools, async (watch) => {
    const drain = drainOf({
      tools,
      watch,
      undo: undoStack(),
      loadBalancers: noLoadBalancers,
      attachments: volumeAttachmentsIn(tools),
      restarts: NO_RESTARTS,
      options: {
        force: false,
        deleteEmptyDirData: true,
        restartSingleReplicas: false,
        removeLeakedEnis: false,
        runId: "7f3a",
        podTimeoutMs: 180_000,
        nodeTimeoutMs: 180_000,
        onUnschedulable: () => Promise.resolve(undefined),
      },
    } as object as DrainContext);
    const found = watch.node(name);
    if (found === undefined) throw new Error(`there is no node ${name}`);
    await drain.begin({ node: { ...found, enis: [] }, pods: watch.podsOn(name), reasons: [] });
    const changes = watch.changes();
    const all: DrainingNode[] = [];
    while (drain.nodes().length > 0) {
      all.push(...(await drain.turn()));
      await changes.next(1_000);
    }
    await drain.finished();
    return all;
  });
  return { ended, events };
}
