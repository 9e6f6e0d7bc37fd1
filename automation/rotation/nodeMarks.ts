import { z } from "zod";
import type { NodeTaint } from "../../planning/rotation/observation";
import { isStatus, type Kubernetes } from "../kubernetes";
import type { OwnerPromise } from "./owners";
import type { ApiNode } from "./slim";

const PREFIX = "eks-pod-network.io";
const RUN = `${PREFIX}/run`;
const WAS_CORDONED = `${PREFIX}/was-cordoned`;
const WAS_EXCLUDED = `${PREFIX}/was-excluded`;
const DRAIN_BEGAN = `${PREFIX}/drain-began`;
const OWNERS = `${PREFIX}/owners`;

/**
 * Has those who register nodes with load balancers (the service controller of Kubernetes, the AWS Load Balancer
 * Controller) take a node out of them, whatever its value
 * (https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers).
 */
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Keeps the scheduler from old nodes where it has a choice. */
const SOFT_TAINT: NodeTaint = { key: `${PREFIX}/old`, effect: "PreferNoSchedule" };

/** What is written on a node before its drain begins, and read by whoever goes on with it. */
export interface NodeMarks {
  readonly runId: string;
  /** Whether it was out of service before us; then it stays so, whatever happens. */
  readonly wasCordoned: boolean;
  /** Whether it was kept out of load balancers before us; then it stays so as well. */
  readonly wasExcluded: boolean;
  /** ISO 8601. */
  readonly drainBegan: string;
  /** How many ready pods each owner had. */
  readonly owners: readonly OwnerPromise[];
}

/** The marks of a node; none where no drain of it has begun. */
export function marksOf(annotations: Readonly<Record<string, string>>): NodeMarks | undefined {
  const runId = annotations[RUN];
  if (runId === undefined) return undefined;
  return {
    runId,
    wasCordoned: annotations[WAS_CORDONED] === "true",
    // Where nothing is said, it was not we who excluded it.
    wasExcluded: annotations[WAS_EXCLUDED] !== "false",
    drainBegan: annotations[DRAIN_BEGAN] ?? "",
    owners: parseOwners(annotations[OWNERS]),
  };
}

const ownersSchema = z.array(
  z.object({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    ready: z.number(),
  }),
);

/** Written by us; where a hand has changed it to anything else, there is nothing to wait for. */
function parseOwners(text = "[]"): OwnerPromise[] {
  return ownersSchema.safeParse(parsedJson(text)).data ?? [];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Marks a node and takes it out of service, in one write.
 *
 * @param isToBeExcluded takes it out of its load balancers with it. @default false
 * @throws KubernetesError
 */
export async function cordon(
  kubernetes: Kubernetes,
  node: string,
  marks: NodeMarks,
  isToBeExcluded = false,
): Promise<void> {
  await kubernetes.patch(pathOf(node), {
    metadata: {
      ...(isToBeExcluded && { labels: { [EXCLUDED]: "true" } }),
      annotations: {
        [RUN]: marks.runId,
        [WAS_CORDONED]: String(marks.wasCordoned),
        [WAS_EXCLUDED]: String(marks.wasExcluded),
        [DRAIN_BEGAN]: marks.drainBegan,
        [OWNERS]: JSON.stringify(marks.owners),
      },
    },
    spec: { unschedulable: true },
  });
}

/** Whether a node is kept out of load balancers. */
export function isExcluded(labels: Readonly<Record<string, string>>): boolean {
  return EXCLUDED in labels;
}

/** Has a node that bears marks taken out of its load balancers; one that is gone is left alone. @throws KubernetesError */
export async function exclude(kubernetes: Kubernetes, node: string): Promise<void> {
  await kubernetes
    .patch(pathOf(node), { metadata: { labels: { [EXCLUDED]: "true" } } })
    .catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error;
    });
}

/**
 * Takes the marks away and puts a node back into service and into load balancers, unless it was out of them before us;
 * one that somebody has put back into service meanwhile stays in it. A node that is gone, or has no marks, is left alone.
 *
 * @param ofRun leaves marks of other runs alone.
 * @throws KubernetesError
 */
export async function uncordon(kubernetes: Kubernetes, node: string, ofRun?: string): Promise<void> {
  const found = await readNode(kubernetes, node);
  const marks = marksOf(found?.metadata.annotations ?? {});
  if (marks === undefined || (ofRun !== undefined && marks.runId !== ofRun)) return;
  await kubernetes.patch(pathOf(node), {
    metadata: {
      annotations: Object.fromEntries(
        [RUN, WAS_CORDONED, WAS_EXCLUDED, DRAIN_BEGAN, OWNERS].map((key) => [key, null]),
      ),
      ...(!marks.wasExcluded && { labels: { [EXCLUDED]: null } }),
    },
    ...(!marks.wasCordoned && found?.spec?.unschedulable === true && { spec: { unschedulable: null } }),
  });
}

/** Asks the scheduler to prefer other nodes. @throws KubernetesError */
export async function addSoftTaint(kubernetes: Kubernetes, node: string): Promise<void> {
  await changeTaints(kubernetes, node, (taints) =>
    taints.some(isSoftTaint) ? taints : [...taints, SOFT_TAINT],
  );
}

/** Takes that back; nothing happens to a node that is gone. @throws KubernetesError */
export async function removeSoftTaint(kubernetes: Kubernetes, node: string): Promise<void> {
  await changeTaints(kubernetes, node, (taints) => taints.filter((taint) => !isSoftTaint(taint)));
}

export function isSoftTaint({ key, effect }: NodeTaint): boolean {
  return key === SOFT_TAINT.key && effect === SOFT_TAINT.effect;
}

/** A Node as it is now; none when it is gone. */
export async function readNode(kubernetes: Kubernetes, node: string): Promise<ApiNode | undefined> {
  return kubernetes.get<ApiNode>(pathOf(node)).catch((error: unknown) => {
    if (isStatus(error, 404)) return undefined;
    throw error;
  });
}

/** Taints are one list, which kubelet and controllers write as well: read, changed, and written only if unchanged. */
async function changeTaints(
  kubernetes: Kubernetes,
  node: string,
  change: (taints: readonly NodeTaint[]) => readonly NodeTaint[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const found = await readNode(kubernetes, node);
    if (found === undefined) return;
    const before = found.spec?.taints ?? [];
    const taints = change(before);
    if (taints.length === before.length) return;
    try {
      const { resourceVersion } = found.metadata;
      await kubernetes.patch(pathOf(node), { metadata: { resourceVersion }, spec: { taints } });
      return;
    } catch (error) {
      if (isStatus(error, 404)) return;
      if (!isStatus(error, 409) || attempt === 10) throw error;
    }
  }
}

function pathOf(node: string): string {
  return `/api/v1/nodes/${node}`;
}
