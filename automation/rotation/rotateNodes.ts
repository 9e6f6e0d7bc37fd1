import { unavailableAtOnce } from "../../planning/rotation/batches";
import type { HomelessPods } from "../../planning/rotation/homelessPods";
import { stillExhausted } from "../../planning/rotation/capacity";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { podsTo } from "../../planning/rotation/podVerdict";
import type { UndrainableNode } from "../../planning/rotation/rotationPlan";
import { background } from "./background";
import type { CheckedWorkers } from "./checkedWorkers";
import { drainOf } from "./drain";
import type { DrainingNode } from "./drainingNode";
import { firstOf } from "./firstOf";
import { growWhenStuck } from "./growWhenStuck";
import { ALWAYS_OPEN, gateOf, healthLook, type Gate } from "./healthGate";
import { loadBalancersIn } from "./loadBalancers";
import { assertNoOldNewcomer, undecidedNewcomers } from "./newcomers";
import { nextStep, type NextStep } from "./nextStep";
import type { Observed } from "./observe";
import { observePools } from "./pools";
import { progressOf } from "./progress";
import type { RotationRecord } from "./record";
import { RotationPaused, RotationStopped, type BlockedNode } from "./result";
import { keepFromScaleDown } from "./scaleDown";
import type { Run } from "./runContext";
import { NO_RESTARTS, restartsBy } from "./singleReplicas";
import { volumeAttachmentsIn } from "./volumeAttachments";

/** The cluster is observed no more often than this while no node ends: EC2 is asked about each instance. */
const OBSERVED_EVERY_MS = 5_000;
/** Nodes on their way are looked at whenever something changes, and at least this often: deadlines pass by themselves. */
const LOOKED_AT_EVERY_MS = 1_000;
/** Changes come in swarms; after one look those of this time are looked at together. */
const GATHERED_MS = 50;

/** What is there when the first node may be begun. */
export interface Ready {
  /** The nodes that were old when this process began. */
  readonly first: readonly OldNode[];
  readonly record: RotationRecord;
  readonly workers: CheckedWorkers;
  readonly homeless: HomelessPods;
}

/**
 * Keeps as many old nodes on their way out as may be at once: as one has ended, the next begins. Workers for those that
 * come next are made meanwhile.
 *
 * Asked to pause, or with a health gate that stays closed, it begins no further node, and ends when those on their way
 * have ended and, where their replacements come after them, are replaced.
 *
 * @throws RotationPaused; RotationStopped; LeaseLostError; the signal's reason; whatever the outside throws. No eviction
 *   and no growth is under way by then.
 */
export async function rotateNodes(given: Run, { first, record, workers, homeless }: Ready): Promise<void> {
  const failed = new AbortController();
  const signal = firstOf(given.tools.signal, failed.signal);
  const run = { ...given, tools: { ...given.tools, signal } };
  const { tools, watch, observe, outputs, goal, leaving, rotated } = run;
  const { clock, emit, lease } = tools;
  const { newestNodeAtMs } = record;
  const restarts = run.options.restartSingleReplicas ? restartsBy(tools) : NO_RESTARTS;
  const options = { ...run.options, restarted: restarts.restarted };
  const size = unavailableAtOnce(options.maxUnavailable, first.length);
  const drain = drainOf({
    ...run,
    loadBalancers: loadBalancersIn(tools, outputs.vpcId),
    attachments: volumeAttachmentsIn(tools),
    restarts,
    options: {
      ...options,
      runId: record.runId,
      podTimeoutMs: options.podTimeoutSeconds * 1000,
      nodeTimeoutMs: options.nodeTimeoutSeconds * 1000,
      replacedAfterwards: options.surge !== undefined,
      onUnschedulable: growWhenStuck(run, () => workers.exhausted()),
    },
  });
  const growth = background();
  const changes = watch.changes();
  let begun = 0;
  let nextLookAtMs = clock.now();
  const lookSoon = () => {
    nextLookAtMs = clock.now();
  };
  const going = () => drain.nodes().map(({ name }) => name);
  const gate = healthGate(run, record, going, lookSoon);

  /** @throws the pause, when nothing is left to do before it. */
  const lookAtNext = async (pause: RotationPaused | undefined): Promise<"goesOn" | "over"> => {
    const observed = await observe();
    assertNoOldNewcomer(observed, record, clock.now());
    emit({
      type: "progress",
      ...progressOf(
        observed,
        first.map(({ node }) => node),
      ),
    });
    const pools = await observePools(tools, outputs.clusterName, goal.sources, observed);
    const state = {
      newestNodeAtMs,
      blocked: new Set(run.blocked.map(({ node }) => node)),
      going: new Set(going()),
      isGrowing: growth.isUnderWay(),
      size,
      homeless,
      exhausted: stillExhausted(workers.exhausted(), pools),
      bases: new Map(Object.entries(record.bases ?? {})),
      checked: workers.checked(),
      isPausing: pause !== undefined,
    };
    await leaving.look();
    await restarts.look(observed.pods);
    const step = nextStep(observed, pools, state, options);
    if (step.kind === "end") {
      if (state.going.size > 0) return "goesOn";
      if (pause !== undefined) throw pause;
      leaveStuck(step, observed);
      tellExhausted(tools, state.exhausted);
      return "over";
    }
    if (step.grow.length > 0) {
      growth.start(() => workers.add(run, observed, step.grow), lookSoon);
    }
    if (step.drain.length > 0 && gate.isOpen()) {
      const pods = step.drain.reduce((total, one) => total + podsTo("evict", one.pods, options).length, 0);
      await leaving.begin(step.drain.map(({ node }) => node));
      emit({ type: "batchStarted", batch: ++begun, nodes: step.drain.map(({ node }) => node.name), pods });
      for (const one of step.drain) {
        await keepFromScaleDown(tools.kubernetes, one.node);
        await drain.begin(one);
      }
    }
    return "goesOn";
  };

  const leaveStuck = (
    { stuck, withoutCapacity }: Extract<NextStep, { kind: "end" }>,
    observed: Observed,
  ): void => {
    for (const one of stuck) block({ node: one.node, isInService: true, because: becauseOf(one) });
    for (const { node, because } of withoutCapacity) {
      if (!stuck.some((one) => one.node === node)) block({ node, isInService: true, because: [because] });
    }
    for (const name of undecidedNewcomers(observed, record)) {
      const note = `${name} joined during this run and is not Ready yet: whether it is new shows later. Run podnet verify.`;
      emit({ type: "note", note });
    }
  };
  const block = (node: BlockedNode) => {
    run.blocked.push(node);
    emit({ type: "blocked", ...node });
  };
  const end = ({ name, instanceId, stage, isInService, because, departure }: DrainingNode) => {
    // What is blocked as it departs goes on departing, and nobody waits for it.
    if (stage === "gone" || departure === undefined) leaving.ended(instanceId);
    if (stage === "gone") rotated.push(name);
    else run.blocked.push({ node: name, isInService, because });
    lookSoon();
  };
  let pausing: RotationPaused | undefined;
  /** Why no further node is to be begun; none while it may. */
  const whyPausing = (): RotationPaused | undefined => {
    const asked = lease.pauseAsked.aborted ? (lease.pauseAsked.reason as RotationPaused) : gate.givenUp();
    if (asked !== undefined && pausing === undefined) {
      pausing = asked;
      emit({ type: "pausing", because: asked.message, nodes: going() });
    }
    return pausing;
  };

  try {
    for (;;) {
      signal.throwIfAborted();
      growth.throwIfFailed();
      (await drain.turn()).forEach(end);
      const pause = whyPausing();
      const isReplacing = options.surge !== undefined;
      if (pause !== undefined && !isReplacing && going().length === 0) throw pause;
      const isToLook = pause === undefined || isReplacing;
      if (isToLook && clock.now() >= nextLookAtMs && going().length < size) {
        nextLookAtMs = clock.now() + OBSERVED_EVERY_MS;
        if ((await lookAtNext(pause)) === "over") return;
        continue;
      }
      await changes.next(LOOKED_AT_EVERY_MS, GATHERED_MS);
    }
  } catch (error) {
    failed.abort(error);
    // Else the next process tells again what nodes have left behind that this one saw end.
    if (error instanceof RotationPaused || error instanceof RotationStopped)
      await leaving.write().catch(() => undefined);
    throw error;
  } finally {
    await Promise.all([drain.finished(), growth.finished(), gate.finished()]);
  }
}

/** What still lacks when no other node is to be begun: pods may wait for it that can run in no other zone. */
function tellExhausted({ emit }: Run["tools"], exhausted: ReadonlyMap<string, string>): void {
  for (const [name, because] of exhausted) {
    const note = `${name} still lacks workers, for which EC2 has no instances: ${because} Auto Scaling goes on trying; pods that can run in no other zone wait for them.`;
    emit({ type: "note", note });
  }
}

function healthGate(
  { tools, watch, options }: Run,
  { unreadyAtBegin = { nodes: [], workloads: [] } }: RotationRecord,
  going: () => readonly string[],
  onLooked: () => void,
): Gate {
  if (options.healthGate === undefined) return ALWAYS_OPEN;
  const look = healthLook(tools, watch, options.healthGate, unreadyAtBegin, going);
  return gateOf(tools, { look, timeoutMs: options.podTimeoutSeconds * 1000, onLooked });
}

function becauseOf({ refused, unmovable }: UndrainableNode): string[] {
  return [
    ...refused.map(({ pod, because, wayOut }) => `${pod}: ${because}; ${wayOut}`),
    ...unmovable.map(({ pod, budgets, because }) =>
      [pod, budgets.join(", "), because].filter((part) => part !== "").join(": "),
    ),
  ];
}
