import { podName, type ClusterPod } from "../../planning/rotation/observation";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { isRestarted, podsTo, refusedPods } from "../../planning/rotation/podVerdict";
import { deploymentOf } from "../../planning/rotation/singleReplicas";
import { unreadyByBudget, unreadyInWords } from "../../planning/rotation/unreadyPods";
import { background, type Background } from "./background";
import { ownerName } from "./clusterWatch";
import { canBeSpared, excludeNodes } from "./deregistration";
import { advance, beginDrain, block, type DrainContext, type DrainingNode } from "./drainingNode";
import type { WaitsFor } from "./events";
import { evictionsOf, type Evictions } from "./evictions";
import { ownersIn, type Owners } from "./owners";

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
   * What a node needs of the outside besides evictions goes on beside the turns, one step of each node at a time, so that
   * no pod waits for AWS to answer about another node; at its end the watch tells of a change.
   *
   * @returns those that ended since the last turn, `gone` or `blocked`.
   * @throws whatever the outside throws, RotationStopped, LeaseLostError.
   */
  turn(): Promise<readonly DrainingNode[]>;
  /** Waits for the answers to evictions that are outstanding, and for steps that are under way. */
  finished(): Promise<void>;
}

/** Drains nodes, as they are begun. */
export function drainOf(context: DrainContext): Drain {
  const { tools, watch, options } = context;
  const evictions = evictionsOf(tools, options);
  watch.hearBudgets((budget) => {
    evictions.hear(budget);
  });
  const owners = ownersIn(tools, watch);
  let nodes: DrainingNode[] = [];
  const steps = new Map<DrainingNode, Background>();
  const isIdle = (node: DrainingNode) => steps.get(node)?.isUnderWay() !== true;
  const step = async (node: DrainingNode): Promise<void> => {
    const { stage } = node;
    await advance(context, owners, node);
    if (node.stage !== stage) watch.touch();
  };
  return {
    nodes: () => nodes,
    begin: async (old) => {
      // That they can't be asked is to show before anything is out of service.
      const isSpared = await canBeSpared(context.loadBalancers, old.node.instanceId ?? "", nodes);
      const node = await beginDrain(context, old, isSpared);
      nodes.push(node);
      steps.set(node, background());
    },
    turn: async () => {
      for (const one of steps.values()) one.throwIfFailed();
      await excludeNodes(context, nodes);
      await evictWhatMayGo(context, evictions, owners, nodes.filter(isIdle));
      await lookForUnschedulable(context, nodes, isIdle);
      const idle = nodes.filter(isIdle);
      const ended = idle.filter(({ stage }) => stage === "gone" || stage === "blocked");
      for (const node of ended) steps.delete(node);
      for (const node of idle) steps.get(node)?.start(() => step(node), NOTHING_MORE);
      nodes = nodes.filter((node) => !ended.includes(node));
      return ended;
    },
    finished: async () => {
      await Promise.all([evictions.finished(), ...[...steps.values()].map((one) => one.finished())]);
    },
  };
}

const NOTHING_MORE = () => undefined;

/** Evicts what the budgets let go of what is left on the nodes that are draining. */
async function evictWhatMayGo(
  { tools, watch, restarts, options }: DrainContext,
  evictions: Evictions,
  owners: Owners,
  nodes: readonly DrainingNode[],
): Promise<void> {
  const draining = nodes.filter(({ stage }) => stage === "draining");
  if (draining.length === 0) return;
  const listed = draining.map(({ name }) => watch.podsOn(name));
  await restarts.restart(podsTo("evict", listed.flat(), options));
  const budgets = watch.budgets();
  const waiting = await evictions.next(listed.flat(), budgets);
  const unreadyOf = unreadyByBudget(waiting, budgets, watch.pods);
  draining.forEach((node, index) => {
    const here = listed[index] ?? [];
    node.remaining = podsTo("evict", here, options);
    forgetWhoHasAll(node, owners);
    const stays: WaitsFor[] = [
      ...refusedPods(here, options).map(({ pod, because }) => ({ pod, because })),
      ...waiting
        .filter(({ pod }) => pod.nodeName === node.name)
        .map(({ pod, budgets: names, because }) => {
          const unready = unreadyOf.get(names.join());
          return {
            pod: podName(pod),
            because: names.length === 0 ? because : `${names.join(", ")}: ${because}`,
            ...(unready !== undefined && { unready }),
          };
        }),
    ];
    const now = tools.clock.now();
    node.because = stays.map(
      ({ pod, because, unready = [] }) => `${pod}: ${because}${unreadyInWords(unready, now)}`,
    );
    const event = {
      type: "draining",
      node: node.name,
      left: Math.max(0, node.of - node.remaining.length),
      of: Math.max(node.of, node.remaining.length),
      waiting: stays,
    } as const;
    const told = JSON.stringify(event);
    if (node.told !== told) tools.emit(event);
    node.told = told;
    if (node.remaining.length === 0 && stays.length === 0) {
      node.stage = "settling";
      tools.emit({ type: "drained", node: node.name });
    }
  });
}

/**
 * An owner that has no pod on a node any more and has as many ready ones as before is not waited for at its end, when
 * pods of other nodes may be on their way.
 */
function forgetWhoHasAll(node: DrainingNode, owners: Owners): void {
  const here = new Set(
    node.remaining.flatMap(({ namespace, controller }) =>
      controller === undefined ? [] : [ownerName({ namespace, ...controller })],
    ),
  );
  node.owners = node.owners.filter((promise) => here.has(ownerName(promise)) || !owners.hasAll(promise));
}

/** Pods of the nodes' owners that wait for room; where they wait in vain, the nodes that they left are blocked. */
async function lookForUnschedulable(
  context: DrainContext,
  nodes: readonly DrainingNode[],
  isIdle: (node: DrainingNode) => boolean,
): Promise<void> {
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
    if (isTheirs && isIdle(node)) await block(context, node, [because]);
  }
}

/** The Deployment of a pod: after a restart its new pod is of another ReplicaSet. */
function restartedOwner(pod: ClusterPod): string[] {
  const name = deploymentOf(pod);
  return name === undefined ? [] : [ownerName({ namespace: pod.namespace, kind: "Deployment", name })];
}
