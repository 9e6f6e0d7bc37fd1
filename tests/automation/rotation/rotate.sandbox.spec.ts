import assert from "node:assert/strict";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent } from "../../../automation/rotation/events";
import { previewRotation, rotate } from "../../../automation/rotation/rotate";
import { verify } from "../../../automation/verify";
import { sandboxFixture } from "../../support/sandbox";
import { killableRotations } from "./killableRotation";
import { startObserver, type ClusterObserver } from "./observer";
import { clusterOf, makePodNetwork, nodesOf, oldTaintsOf, witnessOf, type Cluster } from "./podNetwork";
import { PHASES } from "./phases";

const SETTINGS = { maxUnavailable: 2, podTimeoutSeconds: 300, nodeTimeoutSeconds: 120 };

describe("a rotation that is stopped again and again", function () {
  // An eviction that is killed in the middle keeps its budget for 2 minutes.
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let oldNames: string[];
  let observer: ClusterObserver;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    outputs = await makePodNetwork(sandbox.record(), cluster);
    oldNames = (await nodesOf(cluster)).map(({ metadata }) => metadata.name);
    observer = await startObserver(sandbox.record().kubeconfig, SETTINGS);
  });
  after(() => observer.close());

  const outside = (signal = new AbortController().signal) => ({ ...cluster.outside, signal });

  /** Rotates until an event of a type comes, and stops it there. */
  const rotateUntil = async (phase: RotationEvent["type"] | undefined) => {
    const controller = new AbortController();
    const events: RotationEvent[] = [];
    const onEvent = (event: RotationEvent) => {
      events.push(event);
      if (event.type === phase) controller.abort(new Error(`stopped at ${event.type}`));
    };
    const ended = await rotate(outputs, SETTINGS, { ...outside(controller.signal), onEvent }).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    return { events, ...ended };
  };

  it("finds every node old beforehand, and changes nothing by looking", async () => {
    const before = await nodesOf(cluster);
    const plan = await previewRotation(outputs, SETTINGS, outside());
    assert.equal(plan.nodes, 6);
    assert.deepEqual(plan.old.map(({ node }) => node).sort(), [...oldNames].sort());
    assert.deepEqual(
      new Set(plan.old.flatMap(({ reasons }) => reasons.map(({ clause }) => clause))),
      new Set([
        "primaryEniCarriesPods",
        "eniOutsidePodSubnets",
        "podOutsidePodSubnets",
        "morePodsThanAddresses",
      ]),
    );
    assert.deepEqual(
      plan.batches.map(({ nodes }) => nodes.length),
      [2, 2, 2],
    );
    assert.deepEqual(plan.problems, []);
    assert.deepEqual(
      (await nodesOf(cluster)).map(({ metadata }) => metadata.annotations),
      before.map(({ metadata }) => metadata.annotations),
    );
    const verification = await verify(outputs, outside());
    assert.equal(verification.isVerified, false);
    assert.equal(verification.oldNodes.length, 6);
  });

  let runId: string | undefined;
  for (const phase of PHASES) {
    it(`stops at "${phase}" and goes on with the same run`, async () => {
      const { events, error } = (await rotateUntil(phase)) as { events: RotationEvent[]; error?: unknown };
      assert.match(String(error), new RegExp(`stopped at ${phase}`));
      const started = events.find((event) => event.type === "started");
      if (started === undefined) return;
      runId ??= started.runId;
      assert.equal(started.runId, runId);
      assert.equal(started.isResumed, phase !== "started");
      assert.ok(!events.some(({ type }) => type === "undone" || type === "finished"));
      assert.ok(!events.some(({ type }) => type === "leaseAwaited"), "the lease was given back");
    });
  }

  it("is killed without notice in the middle of a drain, and goes on", async () => {
    const rotations = killableRotations(sandbox.env(), outputs);
    const killed = rotations.begin({ maxUnavailable: 2, death: { behind: "evicted" } });
    rotations.close();
    assert.equal((await killed.ended).signal, "SIGKILL", killed.stderr());

    const { events, result } = (await rotateUntil(undefined)) as Awaited<ReturnType<typeof rotateUntil>> & {
      result: Awaited<ReturnType<typeof rotate>>;
    };
    assert.ok(
      events.some(({ type }) => type === "leaseAwaited"),
      "the dead process still had the lease",
    );
    assert.deepEqual([result.outcome, result.blocked, result.runId], ["done", [], runId]);
  });

  it("has replaced every old node in the end, and no other", async () => {
    const nodes = await nodesOf(cluster);
    assert.ok(nodes.every(({ metadata }) => !oldNames.includes(metadata.name)));
    const { isVerified, podsOutside, oldNodes, cleanPrimaryEnis, secondaryEnis } = await verify(
      outputs,
      outside(),
    );
    assert.deepEqual([isVerified, podsOutside, oldNodes], [true, [], []]);
    assert.equal(cleanPrimaryEnis.right, nodes.length);
    assert.equal(secondaryEnis.right, secondaryEnis.of);
  });

  it("leaves nothing of itself on nodes, and no canary", async () => {
    const nodes = await nodesOf(cluster);
    const annotations = nodes.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
    assert.deepEqual(
      annotations.filter((key) => key.startsWith("eks-pod-network.io/")),
      [],
    );
    assert.deepEqual(nodes.flatMap(oldTaintsOf), []);
    assert.ok(nodes.every(({ spec }) => spec?.unschedulable !== true));
    const canaries = await cluster.kubernetes.list("/api/v1/pods", ({ metadata }) => metadata.name, {
      labelSelector: "app.kubernetes.io/name=eks-pod-network-canary",
    });
    assert.deepEqual(canaries, []);
  });

  it("leaves the old groups empty, and nothing in them that would start nodes again", async () => {
    const { AutoScalingGroups = [] } = await cluster.outside.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const isOld = ({ AutoScalingGroupName = "" }) =>
      /^eks-(general|batch)-[0-9a-f]/.test(AutoScalingGroupName);
    const suspended = AutoScalingGroups.map((group) => ({
      isOld: isOld(group),
      processes: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName).sort(),
    }));
    assert.ok(suspended.every((group) => group.isOld || group.processes.length === 0));
    assert.deepEqual(
      suspended.filter((group) => group.isOld).map(({ processes }) => processes),
      [
        ["AlarmNotification", "ScheduledActions"],
        ["AlarmNotification", "ScheduledActions"],
      ],
    );
    const old = AutoScalingGroups.filter(isOld);
    assert.deepEqual(
      old.map(({ MinSize, DesiredCapacity, Instances }) => [
        MinSize,
        DesiredCapacity,
        Instances?.length ?? 0,
      ]),
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    );
  });

  it("broke no disruption budget, as the sandbox's own watcher saw it", async () => {
    const { budgets, broken, interruptions } = await witnessOf(sandbox.record());
    assert.ok(budgets > 5);
    assert.deepEqual([broken, interruptions], [[], 0]);
  });

  it("took no more nodes out at once than it may, none unexplained, and none that was not empty", () => {
    const { broken, interruptions, nodesGone, mostOut, evicted } = observer.report();
    assert.deepEqual([broken, interruptions, nodesGone, mostOut], [[], 0, 6, 2]);
    assert.ok(evicted > 10, `${evicted} evictions were seen`);
  });

  it("has nothing to do when it is run once more", async () => {
    const { events, result } = (await rotateUntil(undefined)) as Awaited<ReturnType<typeof rotateUntil>> & {
      result: Awaited<ReturnType<typeof rotate>>;
    };
    assert.deepEqual([result.outcome, result.rotated, result.runId], ["done", [], undefined]);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["planned", "finished"],
    );
  });
});
