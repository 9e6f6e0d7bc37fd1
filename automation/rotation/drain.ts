import { podName, type ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { isRestarted, podsTo, refusedPods } from "../../planning/rotation/podVerdict";
import { deploymentOf } from "../../planning/rotation/singleReplicas";
import { ownerName } from "./clusterWatch";
import { excludeNodes } from "./deregistration";
import { advance, beginDrain, block, type DrainContext, type DrainingNode } from "./drainingNode";
import { evictionsOf, type Evictions } from "./evictions";
import { ownersIn } from "./owners";

/** The nodes that are on their way out. */
export interface Drain {
  /** Those that are neither gone nor blocked. */
  readonly nodes: () => readonly DrainingNode[];
  /** Takes a node out of service, and begins to move its pods. */
  begin(old: OldNode): Promise<void>;
  /**
   * One look at all of them: evicts what may go, terminates those whose pods' owners have as many ready pods as before,
   * puts back into service those that take too long. Everything is looked at anew in each turn, so that it does not
   * matter who began, or what happens in between.
   *
   * @returns those that ended in this turn, `gone` or `blocked`.
   * @throws whatever the outside throws, RotationStopped, LeaseLostError.
   */
  turn(): Promise<readonly DrainingNode[]>;
  /** Waits for the answers to evictions that are outstanding. */
  finished(): Promise<void>;
}

/** Drains nodes, as they are begun. */
export function drainOf(context: DrainContext): Drain {
  const { tools, watch, lease, options } = context;
  const evictions = evictionsOf(tools, lease, options);
  const owners = ownersIn(tools, watch);
  let nodes: DrainingNode[] = [];
  return {
    nodes: () => nodes,
    begin: async (old) => {
      // That they can't be asked is to show before anything is out of service.
      await context.loadBalancers.targetGroups();
      nodes.push(await beginDrain(context, old));
    },
    turn: async () => {
      await excludeNodes(context, nodes);
      await evictWhatMayGo(context, evictions, nodes);
      await lookForUnschedulable(context, nodes);
      for (const node of nodes) await advance(context, owners, node);
      const ended = nodes.filter(({ stage }) => stage === "gone" || stage === "blocked");
      nodes = nodes.filter((node) => !ended.includes(node));
      return ended;
    },
    finished: () => evictions.finished(),
  };
}

/** Evicts what the budgets let go of what is left on the nodes that are draining. */
async function evictWhatMayGo(
  { tools, watch, restarts, options }: DrainContext,
  evictions: Evictions,
  nodes: readonly DrainingNode[],
): Promise<void> {
  const draining = nodes.filter(({ stage }) => stage === "draining");
  if (draining.length === 0) return;
  const listed = draining.map(({ name }) => watch.podsOn(name));
  await restarts.restart(podsTo("evict", listed.flat(), options));
  const waiting = await evictions.next(listed.flat(), watch.budgets());
  draining.forEach((node, index) => {
    const here = listed[index] ?? [];
    node.remaining = podsTo("evict", here, options);
    const stays = [
      ...refusedPods(here, options).map(({ pod, because }) => ({ pod, because })),
      ...waiting
        .filter(({ pod }) => pod.nodeName === node.name)
        .map(({ pod, budgets: names, because }) => ({
          pod: podName(pod),
          because: names.length === 0 ? because : `${names.join(", ")}: ${because}`,
        })),
    ];
    node.because = stays.map(({ pod, because }) => `${pod}: ${because}`);
    const event = {
      type: "draining",
      node: node.name,
      left: Math.max(0, node.of - node.remaining.length),
      of: Math.max(node.of, node.remaining.length),
      waiting: stays,
    } as const;
    if (node.told !== JSON.stringify(event)) tools.emit(event);
    node.told = JSON.stringify(event);
    if (node.remaining.length === 0 && stays.length === 0) {
      node.stage = "settling";
      tools.emit({ type: "drained", node: node.name });
    }
  });
}

/** Pods of the nodes' owners that wait for room; where they wait in vain, the nodes that they left are blocked. */
async function lookForUnschedulable(context: DrainContext, nodes: readonly DrainingNode[]): Promise<void> {
  const { watch, options } = context;
  const active = nodes.filter(({ stage }) => stage === "draining" || stage === "settling");
  const ownersOf = ({ owners, remaining }: DrainingNode) => [
    ...owners.map(ownerName),
    ...remaining.filter((pod) => isRestarted(pod, options)).flatMap(restartedOwner),
  ];
  const awaited = new Set(active.flatMap(ownersOf));
  if (awaited.size === 0) return;
  const stuck = watch.unschedulable().flatMap((pod) => {
    const { namespace, controller, isTerminating } = pod;
    if (controller === undefined || isTerminating) return [];
    const names = [ownerName({ namespace, ...controller }), ...restartedOwner(pod)];
    const owner = names.find((name) => awaited.has(name));
    return owner === undefined ? [] : [{ pod, owner }];
  });
  const because = await options.onUnschedulable(
    stuck.map(({ pod }) => pod),
    active.map(({ node }) => node),
  );
  if (because === undefined) return;
  for (const node of active) {
    const isTheirs = ownersOf(node).some((owner) => stuck.some((one) => one.owner === owner));
    if (isTheirs) await block(context, node, [because]);
  }
}

/** The Deployment of a pod: after a restart its new pod is of another ReplicaSet. */
function restartedOwner(pod: ClusterPod): string[] {
  const name = deploymentOf(pod);
  return name === undefined ? [] : [ownerName({ namespace: pod.namespace, kind: "Deployment", name })];
}
