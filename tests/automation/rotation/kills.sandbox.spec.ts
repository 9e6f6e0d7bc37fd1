import assert from "node:assert/strict";
import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { DescribeNodegroupCommand, UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import type { ApiObject } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent } from "../../../automation/rotation/events";
import { readRecord } from "../../../automation/rotation/record";
import { previewRotation } from "../../../automation/rotation/rotate";
import { verify } from "../../../automation/verify";
import { sandboxFixture } from "../../support/sandbox";
import { killableRotations, letLeaseExpire, type KillableRotations } from "./killableRotation";
import { startObserver, type ClusterObserver } from "./observer";
import {
  clusterOf,
  eventually,
  makePodNetwork,
  nodesOf,
  oldTaintsOf,
  witnessOf,
  type Cluster,
} from "./podNetwork";
import { PHASES } from "./phases";

/** How many processes are killed at random moments. */
const KILLS = Number(process.env.ROTATION_KILLS ?? 20);
/** Repeats the moments of an earlier run. */
const SEED = Number(process.env.ROTATION_SEED ?? Date.now() % 2 ** 31);
/**
 * A process is killed behind one of its first events, by their number: one that goes on tells about 14 before it drains,
 * and then about 20 of each node.
 */
const MOST_EVENTS = 28;
/** And some turns of the event loop later: fewer, more often than more, and at most about as many as an API call takes. */
const MOST_TURNS = 4_096;
/** Old nodes of each group: as they are for so few kills, and as many as the group may have for more. */
const OLD_NODES_PER_GROUP = KILLS > 20 ? 6 : 3;

describe("a rotation whose processes are killed without notice", function () {
  // An eviction that is killed in the middle keeps its budget for 2 minutes.
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let rotations: KillableRotations;
  let oldNames: string[];
  let planned: number;
  let grownAtMs: number;
  let observer: ClusterObserver;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    const { clusterName } = sandbox.record();
    if (OLD_NODES_PER_GROUP > 3) await growWorld(cluster, clusterName);
    grownAtMs = Date.now();
    outputs = await makePodNetwork(sandbox.record(), cluster);
    oldNames = (await nodesOf(cluster)).map(({ metadata }) => metadata.name);
    const { pools } = await previewRotation(outputs, { maxUnavailable: 2 }, outside());
    planned = pools.reduce((total, { desiredSize }) => total + desiredSize, 0);
    rotations = killableRotations(sandbox.env(), outputs);
    observer = await startObserver(sandbox.record().kubeconfig, { maxUnavailable: 2 });
  });
  after(async () => {
    rotations.close();
    await observer.close();
  });

  const outside = () => ({ ...cluster.outside, signal: new AbortController().signal });

  let runId: string | undefined;
  /** Names of nodes whose end was begun. */
  let ended: readonly string[] = [];
  const left = () => oldNames.length - ended.length;
  /** @param endings how many more nodes may have ended: the process died before it ended another. */
  const assertGoesOn = (events: readonly RotationEvent[], endings = Infinity) => {
    const told = events.flatMap((event) => (event.type === "terminating" ? [event.node] : []));
    ended = [...new Set([...ended, ...told])].slice(0, ended.length + endings);
    const started = events.find((event) => event.type === "started");
    if (started === undefined) return;
    const isFirst = runId === undefined;
    runId ??= started.runId;
    assert.deepEqual([started.runId, started.isResumed], [runId, !isFirst]);
    assert.deepEqual(
      events.filter(({ type }) => type === "undone" || type === "undoFailed" || type === "blocked"),
      [],
    );
  };

  for (const step of PHASES) {
    it(`is killed behind "${step}", and goes on`, async () => {
      const rotation = rotations.begin({ maxUnavailable: 2, death: { behind: step } });
      const { signal } = await rotation.ended;
      assert.equal(signal, "SIGKILL", rotation.stderr());
      await letLeaseExpire(cluster.kubernetes);
      assertGoesOn(rotation.events);
    });
  }

  it(`is killed at ${KILLS} random moments, and goes on`, async function () {
    this.timeout(120_000 + KILLS * 30_000);
    console.log(`      ROTATION_SEED=${SEED} ROTATION_KILLS=${KILLS}`);
    const random = randomNumbers(SEED);
    const leftBefore = left();
    assert.ok(leftBefore > 0);
    for (let kill = 1; kill <= KILLS; kill++) {
      // Nodes are shared out over the kills, so that there is work for each of them, and for the end.
      const leftAfter = Math.max(1, Math.ceil(leftBefore * (1 - kill / KILLS)));
      const death = {
        events: 1 + Math.floor(random() * MOST_EVENTS),
        turns: Math.floor(MOST_TURNS ** random()) - 1,
        endings: Math.max(0, left() - leftAfter),
        ended,
      };
      const rotation = rotations.begin({ maxUnavailable: 1, death });
      const { signal } = await rotation.ended;
      assert.equal(signal, "SIGKILL", `kill ${kill}: ${JSON.stringify(death)}: ${rotation.stderr()}`);
      assertGoesOn(rotation.events, death.endings);
      await letLeaseExpire(cluster.kubernetes);
    }
    assert.ok(left() > 0);
  });

  it('is killed behind "processesResumed", when no old node is left, and goes on', async () => {
    const rotation = rotations.begin({ maxUnavailable: 2, death: { behind: "processesResumed" } });
    const { signal } = await rotation.ended;
    assert.equal(signal, "SIGKILL", rotation.stderr());
    assertGoesOn(rotation.events);
    assert.deepEqual([left(), (await readRecord(cluster.kubernetes))?.isFinished], [0, false]);
    await letLeaseExpire(cluster.kubernetes);
  });

  it("ends as if it had never been killed", async () => {
    const rotation = rotations.begin({ maxUnavailable: 2 });
    assert.deepEqual(await rotation.ended, { code: 0, signal: null }, rotation.stderr());
    assertGoesOn(rotation.events);
    const finished = rotation.events.find((event) => event.type === "finished");
    assert.deepEqual(
      [finished?.result.outcome, finished?.result.blocked, finished?.result.rotatedEarlier],
      ["done", [], oldNames.length],
    );

    const nodes = await nodesOf(cluster);
    assert.ok(nodes.every(({ metadata }) => !oldNames.includes(metadata.name)));
    assert.deepEqual(nodes.flatMap(oldTaintsOf), []);
    assert.ok(nodes.every(({ spec }) => spec?.unschedulable !== true));
    const annotations = nodes.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
    assert.deepEqual(
      annotations.filter((key) => key.startsWith("eks-pod-network.io/")),
      [],
    );
    const canaries = await cluster.kubernetes.list("/api/v1/pods", ({ metadata }) => metadata.name, {
      labelSelector: "app.kubernetes.io/name=eks-pod-network-canary",
    });
    assert.deepEqual(canaries, []);
    const record = await readRecord(cluster.kubernetes);
    assert.deepEqual([record?.runId, record?.isFinished, record?.groups], [runId, true, {}]);
    const { isVerified } = await verify(outputs, outside());
    assert.equal(isVerified, true);
  });

  it("leaves the groups as if it had never been killed, with as many workers as were planned", async () => {
    const { AutoScalingGroups = [] } = await cluster.outside.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const isOld = ({ AutoScalingGroupName = "" }: AutoScalingGroup) =>
      /^eks-(general|batch)-[0-9a-f]/.test(AutoScalingGroupName);
    const shown = ({
      MinSize,
      DesiredCapacity,
      Instances = [],
      SuspendedProcesses = [],
    }: AutoScalingGroup) => [
      MinSize,
      DesiredCapacity,
      Instances.length,
      SuspendedProcesses.map(({ ProcessName = "" }) => ProcessName).sort(),
    ];
    const emptied = [0, 0, 0, ["AlarmNotification", "ScheduledActions"]];
    assert.deepEqual(AutoScalingGroups.filter(isOld).map(shown), [emptied, emptied]);
    const made = AutoScalingGroups.filter((group) => !isOld(group));
    assert.deepEqual(
      made.flatMap(({ SuspendedProcesses = [] }) => SuspendedProcesses),
      [],
    );
    const workers = made.reduce((total, { DesiredCapacity = 0 }) => total + DesiredCapacity, 0);
    assert.deepEqual([workers, (await nodesOf(cluster)).length], [planned, planned]);
  });

  it("broke no disruption budget, as the sandbox's own watcher saw it", async () => {
    const { budgets, broken, interruptions } = await witnessOf(sandbox.record());
    assert.ok(budgets > 5);
    // Budgets in percent ask for the new pods as well while the world grows.
    const since = broken.filter(({ from }) => from >= grownAtMs);
    assert.deepEqual([since, interruptions], [[], 0]);
  });

  it("broke no rule, as somebody saw it who shares no code with it", () => {
    const { broken, interruptions, nodesGone, mostOut, evicted } = observer.report();
    assert.deepEqual([broken, interruptions, nodesGone, mostOut], [[], 0, oldNames.length, 2]);
    assert.ok(evicted > 0);
  });
});

interface Node extends ApiObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Deployment extends ApiObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly availableReplicas?: number };
}

/** Gives the old groups as many nodes as asked, and workloads twice their pods, so that the new nodes have some. */
async function growWorld({ outside: { eks }, kubernetes }: Cluster, clusterName: string): Promise<void> {
  for (const nodegroupName of ["general", "batch"]) {
    const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
    const scalingConfig = { ...nodegroup?.scalingConfig, desiredSize: OLD_NODES_PER_GROUP };
    await eks.send(new UpdateNodegroupConfigCommand({ clusterName, nodegroupName, scalingConfig }));
  }
  const areReady = () =>
    kubernetes
      .list("/api/v1/nodes", ({ status }: Node) =>
        (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True"),
      )
      .then((ready) => ready.length === 2 * OLD_NODES_PER_GROUP && ready.every((is) => is));
  await eventually("all old nodes are Ready", areReady, 120_000);

  const deployments = () => kubernetes.list("/apis/apps/v1/deployments", (one: Deployment) => one);
  for (const { metadata, spec } of await deployments()) {
    const { namespace = "", name } = metadata;
    if (namespace === "kube-system") continue;
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    await kubernetes.patch(path, { spec: { replicas: 2 * (spec?.replicas ?? 1) } });
  }
  const areAvailable = async () =>
    (await deployments()).every(({ spec, status }) => spec?.replicas === status?.availableReplicas);
  await eventually("all pods are available", areAvailable, 120_000);
}

/** Numbers from 0 to 1 that a seed decides: a linear congruential generator, with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
