import { newNodeIn } from "../../planning/rotation/newNode";
import type { ClusterNode } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { isStatus, type ApiObject } from "../kubernetes";
import { tidied } from "../tidied";
import { checkFirstWorker, CANARY_LABEL, CANARY_PODS, pauseContainer } from "./firstWorker";
import { NODE_CLAIMS, type NodeClaim } from "./nodeClaims";
import type { Observed } from "./observe";
import type { TellingTools } from "./outside";
import type { RotationRecord } from "./record";
import { RotationStopped } from "./result";
import type { Run } from "./runContext";
import { slimPod } from "./slim";
import { together } from "./together";

const POLL_MS = 1_000;

/** The nodes of a NodePool of Karpenter in one zone. */
interface PoolInZone {
  readonly nodePool: string;
  readonly availabilityZone: string;
}

/**
 * Proves that the nodes which Karpenter makes are new, before anything is cordoned: of each NodePool and zone that has old
 * nodes one that is there already is checked, or Karpenter is asked for one by a pod that no other node takes. Further
 * ones it makes by itself, for pods that are evicted.
 *
 * @throws RotationStopped where Karpenter makes none in time, or it is not as it should be.
 */
export async function proveNodePools(
  { tools, outputs, options, observe }: Pick<Run, "tools" | "outputs" | "options" | "observe">,
  before: Observed,
  old: readonly OldNode[],
  { runId }: Pick<RotationRecord, "runId">,
): Promise<void> {
  const timeoutMs = options.nodeTimeoutSeconds * 1000;
  await together(tools, poolsOf(old), async (pool, each) => {
    const there = newNodeIn({ ...before, nodes: nodesOf(before, pool) });
    const name = there?.name ?? (await askForNode(each, before, pool, runId, timeoutMs));
    const observed = there === undefined ? await observe() : before;
    const node = observed.nodes.find((one) => one.name === name);
    if (node === undefined) return;
    const { eniConfigs } = outputs;
    const nodeGroupName = titleOf(pool);
    await checkFirstWorker(each, { nodeGroupName, node, observed, eniConfigs, runId, timeoutMs });
  });
}

/** The NodePools of old nodes, by zone. */
function poolsOf(old: readonly OldNode[]): PoolInZone[] {
  const pools = old.flatMap(({ node: { owner, availabilityZone } }) =>
    owner.kind === "karpenter" ? [{ nodePool: owner.nodePool, availabilityZone }] : [],
  );
  return [...new Map(pools.map((pool) => [titleOf(pool), pool])).values()];
}

function titleOf({ nodePool, availabilityZone }: PoolInZone): string {
  return `NodePool ${nodePool} in ${availabilityZone}`;
}

function nodesOf({ nodes }: Observed, { nodePool, availabilityZone }: PoolInZone): ClusterNode[] {
  return nodes.filter(
    (node) =>
      node.owner.kind === "karpenter" &&
      node.owner.nodePool === nodePool &&
      node.availabilityZone === availabilityZone,
  );
}

/**
 * Has Karpenter make a node, by a pod that asks for one which is not there yet.
 *
 * @returns its name, once it is Ready.
 * @throws RotationStopped when there is none in time.
 */
async function askForNode(
  tools: TellingTools,
  observed: Observed,
  pool: PoolInZone,
  runId: string,
  timeoutMs: number,
): Promise<string> {
  const { kubernetes, clock, emit, signal } = tools;
  const deadline = clock.now() + timeoutMs;
  const name = `${CANARY_LABEL}-${runId}-${pool.nodePool}-${pool.availabilityZone}`;
  const path = `${CANARY_PODS}/${name}`;
  const nodeGroupName = titleOf(pool);
  const there = nodesOf(observed, pool);
  emit({ type: "surging", nodeGroupName, from: there.length, to: there.length + 1 });
  await kubernetes
    .create(CANARY_PODS, askingPod(name, pool, there, observed.awsNode.image))
    .catch((error: unknown) => {
      // Of an attempt that was killed.
      if (!isStatus(error, 409)) throw error;
    });
  const nodeOfIt = async () => {
    for (;;) {
      const { nodeName, address } = slimPod(await kubernetes.get(path));
      // It has an address once the CNI works there.
      if (nodeName !== undefined && address !== undefined && address !== "") {
        emit({ type: "workerReady", nodeGroupName, node: nodeName });
        return nodeName;
      }
      if (clock.now() > deadline) throw await madeNone(tools, pool, timeoutMs);
      await clock.sleep(POLL_MS, signal);
    }
  };
  return tidied(nodeOfIt, async () => {
    if (!signal.aborted) await kubernetes.delete(path);
  });
}

/**
 * Taken by no node that is there. Their names are excluded by their hostname label: of required affinity Karpenter plans
 * for labels, and leaves pods alone that exclude nodes by matchFields.
 */
function askingPod(
  name: string,
  { nodePool, availabilityZone }: PoolInZone,
  there: readonly ClusterNode[],
  awsNodeImage: string,
): ApiObject {
  const values = there.map(({ name: node, labels }) => labels["kubernetes.io/hostname"] ?? node);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system", labels: { "app.kubernetes.io/name": CANARY_LABEL } },
    spec: {
      nodeSelector: { "karpenter.sh/nodepool": nodePool, "topology.kubernetes.io/zone": availabilityZone },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "NotIn", values }] },
            ],
          },
        },
      },
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [pauseContainer(awsNodeImage)],
    },
  } as ApiObject;
}

async function madeNone(tools: TellingTools, pool: PoolInZone, timeoutMs: number): Promise<RotationStopped> {
  const claims = await tools.kubernetes.list(NODE_CLAIMS, (claim: NodeClaim) => claim, {
    labelSelector: `karpenter.sh/nodepool=${pool.nodePool}`,
  });
  const why = claims.flatMap(({ metadata, status }) =>
    (status?.conditions ?? [])
      .filter(({ type, status: is }) => /^(Launched|Registered|Initialized)$/.test(type) && is !== "True")
      .map(
        ({ type, message, reason }) =>
          `NodeClaim ${metadata.name} is not ${type}: ${message ?? reason ?? ""}`,
      ),
  );
  return new RotationStopped({
    path: `nodepools.${pool.nodePool}`,
    reason:
      `Karpenter made no node of it in ${pool.availabilityZone} within ${timeoutMs / 1000} s. ${why.join(". ")}`.trim(),
    fix: "Nothing was drained. Look at its limits, kubectl get nodeclaims, and Karpenter's log; then run the rotation again.",
  });
}
