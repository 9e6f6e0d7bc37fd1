import { registrationsOf, servedByItAlone } from "../../planning/rotation/targetGroups";
import type { LoadBalancers } from "./loadBalancers";
import { exclude } from "./nodeMarks";
import type { ActingTools } from "./outside";

/** What nodes are taken out of load balancers with. */
interface DeregistrationContext {
  readonly tools: ActingTools;
  readonly loadBalancers: LoadBalancers;
  readonly options: {
    /** How long whoever registered a node may take to take it out, from when that is first waited for. */
    readonly nodeTimeoutMs: number;
  };
}

/** A node on its way out, as far as load balancers are concerned. */
interface LeavingNode {
  readonly name: string;
  readonly instanceId: string;
  readonly stage: string;
  isExcluded: boolean;
  deadlineMs: number;
  deregisteringSinceMs?: number;
  because: readonly string[];
  told: string;
}

/** No load balancer lets a target drain for longer than an hour (deregistration_delay.timeout_seconds, ConnectionDraining). */
const LONGEST_DELAY_MS = 3_600_000;

/**
 * Has nodes taken out of their load balancers, so that their connections end while their pods move. One that is the
 * last healthy one somewhere stays until others are healthy there: new workers need some time for that.
 *
 * @param nodes all that are on their way out.
 */
export async function excludeNodes(
  context: DeregistrationContext,
  nodes: readonly LeavingNode[],
): Promise<void> {
  const { tools, loadBalancers } = context;
  for (const node of nodes.filter(({ isExcluded, stage }) => !isExcluded && stage !== "leaving")) {
    if (!(await canBeSpared(loadBalancers, node.instanceId, nodes))) continue;
    await tools.lease.assertHeld();
    await exclude(tools.kubernetes, node.name);
    node.isExcluded = true;
  }
}

/** Whether others are healthy wherever load balancers have a node, those that leave them aside. */
export async function canBeSpared(
  loadBalancers: LoadBalancers,
  instanceId: string,
  nodes: readonly Pick<LeavingNode, "isExcluded" | "instanceId">[],
): Promise<boolean> {
  const leaving = new Set(nodes.filter(({ isExcluded }) => isExcluded).map((node) => node.instanceId));
  return servedByItAlone(instanceId, await loadBalancers.targetGroups(), leaving).length === 0;
}

/**
 * Whether no load balancer has a node any more, or only such as its Auto Scaling group takes it out of when it ends it.
 * What it waits for is told. It has one deadline, whatever that is and however it changes: the time for whoever
 * registered it, and where only deregistration delays are left, the longest of these beside it.
 */
export async function awaitDeregistration(
  context: DeregistrationContext,
  node: LeavingNode,
): Promise<boolean> {
  const { tools, loadBalancers, options } = context;
  const groups = await loadBalancers.targetGroups();
  const { registered, draining } = registrationsOf(node.instanceId, groups);
  const itsGroups = registered.length === 0 ? new Set() : await loadBalancers.ofItsGroup(node.instanceId);
  const held = registered.filter(({ id }) => !itsGroups.has(id));
  if (held.length === 0 && draining.length === 0) return true;
  node.because = [
    ...held.map(({ name }) =>
      node.isExcluded
        ? `${name} has ${node.instanceId}, and nobody takes it out; deregister it there`
        : `${node.instanceId} is the only healthy one of ${name}; see that new workers are registered there`,
    ),
    ...draining.map(({ name }) => `the deregistration delay of ${name} runs`),
  ];
  node.deregisteringSinceMs ??= tools.clock.now();
  const delayMs = held.length === 0 ? LONGEST_DELAY_MS : 0;
  node.deadlineMs = node.deregisteringSinceMs + options.nodeTimeoutMs + delayMs;
  const told = `deregistering ${node.because.join()}`;
  if (node.told !== told) {
    node.told = told;
    tools.emit({ type: "deregistering", node: node.name, because: node.because });
  }
  return false;
}
