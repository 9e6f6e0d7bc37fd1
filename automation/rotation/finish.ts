import type { Kubernetes } from "../kubernetes";
import { LeaseLostError } from "./lease";
import { isSoftTaint, marksOf, removeSoftTaint } from "./nodeMarks";
import { restoreOldGroup, type GivingBack } from "./oldGroups";
import type { ActingTools } from "./outside";
import { putBack } from "./putBack";
import { readRecord, writeRecord } from "./record";
import type { ApiNode } from "./slim";
import { allowScaleDown, isKeptFromScaleDown } from "./scaleDown";
import { restoreWarmTargets } from "./warmTargets";

/** How a run has ended. */
export interface Ending extends GivingBack {
  /** Names of nodes that keep the soft taint, for they stay old. @default none */
  readonly blocked?: readonly string[];
}

/**
 * Takes back what was only for a run, whichever process did it: what is found on nodes (marks, soft taints) and what
 * is recorded of old groups (minimum sizes, suspended processes). When all of that worked, the run has ended, and the
 * next call begins one of its own. The lease is read right before each act: who holds it by now has nodes of its own
 * under way.
 *
 * @throws LeaseLostError, at once; what failed first of anything else: each failure is told, and the others are tried.
 */
export async function finish(
  tools: ActingTools,
  clusterName: string,
  timeoutMs: number,
  { blocked = [], ...givingBack }: Ending = {},
): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (what: string, act: () => Promise<void>) => {
    tools.signal.throwIfAborted();
    try {
      await act();
    } catch (error) {
      tools.signal.throwIfAborted();
      if (error instanceof LeaseLostError) throw error;
      failures.push(error);
      const because = error instanceof Error ? error.message : String(error);
      tools.emit({ type: "undoFailed", what, because });
    }
  };
  await attempt("put nodes back into service", () => restoreNodes(tools, blocked, attempt));
  await attempt("give old groups back what was taken", async () => {
    const { groups = {} } = (await readRecord(tools.kubernetes)) ?? {};
    for (const name of Object.keys(groups)) {
      await attempt(`give ${name} its minimum size and its processes back`, () =>
        restoreOldGroup(tools, clusterName, name, timeoutMs, givingBack),
      );
    }
  });
  await attempt("give aws-node its warm targets back", () => restoreWarmTargets(tools));
  if (failures.length > 0) throw failures[0];
  await writeEnd(tools, givingBack);
}

/** Writes down that the run has ended, if it had not, and no longer what groups were handed over without. */
async function writeEnd(tools: ActingTools, { isAborted = false }: GivingBack): Promise<void> {
  const record = await readRecord(tools.kubernetes);
  if (record === undefined) return;
  const ended = { ...record, handedOver: undefined };
  if (!record.isFinished)
    await writeRecord(tools, { ...ended, isFinished: true, isAborted, endedAtMs: tools.clock.now() });
  else if (record.handedOver !== undefined) await writeRecord(tools, ended);
}

async function restoreNodes(
  tools: ActingTools,
  blocked: readonly string[],
  attempt: (what: string, act: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { kubernetes, lease, emit } = tools;
  for (const { name, isMarked, isTainted, isKeptUp } of await touchedNodes(kubernetes)) {
    if (isMarked) {
      await attempt(`put ${name} back into service`, async () => {
        if ((await putBack(tools, name)) === "putBack") return;
        const note = `${name} stays cordoned: its instance is being terminated. If the Node is still there in an hour, run the rotation again.`;
        emit({ type: "note", note });
      });
    }
    if (isKeptUp) {
      await attempt(`let the cluster autoscaler have ${name}`, async () => {
        await lease.assertHeld();
        await allowScaleDown(kubernetes, name);
      });
    }
    if (isTainted && !blocked.includes(name)) {
      await attempt(`take the soft taint off ${name}`, async () => {
        await lease.assertHeld();
        await removeSoftTaint(kubernetes, name);
      });
    }
  }
}

/** A node that bears something of a rotation. */
export interface TouchedNode {
  readonly name: string;
  /** Whether its drain has begun. */
  readonly isMarked: boolean;
  /** Whether it has the soft taint. */
  readonly isTainted: boolean;
  /** Whether it is kept from the cluster autoscaler. */
  readonly isKeptUp: boolean;
}

/** The nodes that bear something of a rotation. @throws KubernetesError */
export async function touchedNodes(kubernetes: Kubernetes): Promise<TouchedNode[]> {
  const nodes = await kubernetes.list("/api/v1/nodes", ({ metadata, spec }: ApiNode) => ({
    name: metadata.name,
    isMarked: marksOf(metadata.annotations ?? {}) !== undefined,
    isTainted: (spec?.taints ?? []).some(isSoftTaint),
    isKeptUp: isKeptFromScaleDown(metadata.annotations ?? {}),
  }));
  return nodes.filter(({ isMarked, isTainted, isKeptUp }) => isMarked || isTainted || isKeptUp);
}
