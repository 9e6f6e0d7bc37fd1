import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeNodegroupCommand, UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { abortRotation } from "../../../automation/rotation/abort";
import type { RotationEvent } from "../../../automation/rotation/events";
import { LeaseHeldError } from "../../../automation/rotation/lease";
import { pauseRotation, type PauseResult } from "../../../automation/rotation/pause";
import { readRecord } from "../../../automation/rotation/record";
import type { RotationResult } from "../../../automation/rotation/result";
import { rotate } from "../../../automation/rotation/rotate";
import type { GivenRotationOptions } from "../../../automation/rotation/rotationOptions";
import { restartControlPlane } from "../../support/restartControlPlane";
import { sandboxFixture } from "../../support/sandbox";
import { temporaryFolder } from "../../support/temporaryFolder";
import { killableRotations, letLeaseExpire } from "./killableRotation";
import { startObserver, type ClusterObserver } from "./observer";
import {
  clusterOf,
  makePodNetwork,
  nodesOf,
  oldTaintsOf,
  witnessOf,
  type Cluster,
  type TestNode,
} from "./podNetwork";

/** A program that terminates the instance that it is given. */
const TERMINATE = `const { EC2Client, TerminateInstancesCommand } = require("@aws-sdk/client-ec2");
void new EC2Client().send(new TerminateInstancesCommand({ InstanceIds: [process.argv[1]] }));`;
const SETTINGS = { maxUnavailable: 1, podTimeoutSeconds: 300, nodeTimeoutSeconds: 120 };

describe("the state of a rotation", function () {
  // An eviction that is killed in the middle keeps its budget for 2 minutes.
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let oldNames: string[];
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    outputs = await makePodNetwork(sandbox.record(), cluster);
    oldNames = (await nodesOf(cluster)).map(({ metadata }) => metadata.name).sort();
  });

  /** Whoever sees that no rule is broken in a test, and shares no code with the runner. */
  let observer: ClusterObserver | undefined;
  const observe = async (maxUnavailable: number) => {
    await unobserve();
    observer = await startObserver(sandbox.record().kubeconfig, { maxUnavailable });
  };
  const unobserve = async () => {
    await observer?.close();
    observer = undefined;
  };
  beforeEach(() => observe(SETTINGS.maxUnavailable));
  afterEach(async () => {
    const { broken = [], interruptions = 0 } = observer?.report() ?? {};
    await unobserve();
    assert.deepEqual([broken, interruptions], [[], 0]);
  });

  const outside = (signal = new AbortController().signal) => ({ ...cluster.outside, signal });

  /** Terminates an instance before anything else happens here: few pods are drained sooner than a call of this process ends. */
  const terminate = (instanceId: string) => {
    execFileSync(process.execPath, ["-e", TERMINATE, instanceId], {
      env: { ...process.env, ...sandbox.env() },
    });
  };

  /** Rotates, and does something at each event. */
  const rotating = async (
    onEvent: (event: RotationEvent, stop: (because: string) => void) => void,
    options: GivenRotationOptions = {},
    given: Partial<ReturnType<typeof outside>> = {},
  ): Promise<{
    readonly events: readonly RotationEvent[];
    readonly result?: RotationResult;
    readonly error?: unknown;
  }> => {
    const events: RotationEvent[] = [];
    const stopping = new AbortController();
    const ended = await rotate(
      outputs,
      { ...SETTINGS, ...options },
      {
        ...outside(stopping.signal),
        ...given,
        onEvent: (event) => {
          events.push(event);
          onEvent(event, (because) => {
            stopping.abort(new Error(because));
          });
        },
      },
    ).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    return { events, ...ended };
  };
  const aborting = (onEvent: (event: RotationEvent) => void = () => undefined, signal?: AbortSignal) =>
    abortRotation(outputs, SETTINGS, { ...outside(signal), onEvent });
  const pausing = () => pauseRotation(outside());
  const leftOldNodes = async () =>
    (await nodesOf(cluster)).filter(({ metadata }) => oldNames.includes(metadata.name));

  /** What a rotation changes of old nodes and of old groups, and has to give back. */
  const standing = async () => {
    const { AutoScalingGroups = [] } = await cluster.outside.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const groups = await Promise.all(["general", "batch"].map(sizesOf));
    return {
      nodes: (await leftOldNodes()).map(({ metadata, spec }) => [
        metadata.name,
        Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("eks-pod-network.io/")),
        Object.keys(metadata.labels ?? {}).sort(),
        spec?.unschedulable ?? false,
        spec?.taints ?? [],
      ]),
      groups,
      suspended: AutoScalingGroups.flatMap(({ AutoScalingGroupName, SuspendedProcesses = [] }) =>
        SuspendedProcesses.map(({ ProcessName }) => [AutoScalingGroupName, ProcessName]),
      ),
    };
  };
  const sizesOf = async (nodegroupName: string) => {
    const { nodegroup } = await cluster.outside.eks.send(
      new DescribeNodegroupCommand({ clusterName: outputs.clusterName, nodegroupName }),
    );
    return nodegroup?.scalingConfig;
  };

  it("has nothing to abort and nothing to pause before there was a rotation", async () => {
    assert.deepEqual(await aborting(), {
      outcome: "nothing",
      runId: undefined,
      newWorkers: [],
      kept: [],
      isRollbackUnfinished: false,
      notes: [],
    });
    assert.deepEqual(await pausing(), { outcome: "notRunning", unfinished: undefined });
  });

  it("is as it was before, once a rotation that was stopped in the middle of a drain is aborted", async () => {
    const before = await standing();
    const { events, error } = await rotating(({ type }, stop) => {
      if (type === "evicted") stop("Ctrl-C");
    });
    assert.match(String(error), /Ctrl-C/);
    const during = await standing();
    assert.equal(during.nodes.filter(([, , , unschedulable]) => unschedulable).length, 1);
    assert.deepEqual(
      during.groups.map((sizes) => sizes?.minSize),
      [0, 0],
    );
    assert.equal(during.suspended.length, 6);

    // Also an abort may be killed or stopped, and gone on with.
    const rotations = killableRotations(sandbox.env(), outputs);
    try {
      const death = { behind: "processesResumed" } as const;
      const killed = rotations.begin({ act: "abort", maxUnavailable: 1, death });
      assert.equal((await killed.ended).signal, "SIGKILL", killed.stderr());
    } finally {
      rotations.close();
    }
    assert.equal((await readRecord(cluster.kubernetes))?.isFinished, false);
    await letLeaseExpire(cluster.kubernetes);
    const stopping = new AbortController();
    const stopped = aborting(({ type }) => {
      if (type === "processesResumed") stopping.abort(new Error("Ctrl-C"));
    }, stopping.signal);
    await assert.rejects(stopped, /Ctrl-C/);
    assert.equal((await readRecord(cluster.kubernetes))?.isFinished, false);

    const { outcome, runId, newWorkers, notes } = await aborting();
    const started = events.find((event) => event.type === "started");
    assert.deepEqual([outcome, runId, notes], ["aborted", started?.runId, []]);
    assert.deepEqual(await standing(), before);
    const record = await readRecord(cluster.kubernetes);
    assert.deepEqual([record?.isFinished, record?.isAborted, record?.groups], [true, true, {}]);
    const workers = (await nodesOf(cluster)).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      newWorkers.map(({ node }) => node),
      workers.filter((name) => !oldNames.includes(name)).sort(),
    );
    assert.ok(newWorkers.length > 0);
    assert.equal((await aborting()).outcome, "nothing");
  });

  let pausedRun: string | undefined;
  it("pauses when it is asked to, behind the node that is on its way", async () => {
    let asked: Promise<PauseResult> | undefined;
    const { result, events } = await rotating(({ type }) => {
      if (type === "cordoned") asked ??= pausing();
    });
    assert.equal((await asked)?.outcome, "asked");
    assert.deepEqual([result?.outcome, result?.blocked, result?.problems], ["paused", [], []]);
    assert.equal(result?.rotated.length, 1);
    assert.equal(events.filter(({ type }) => type === "cordoned").length, 1);
    assert.ok(!events.some(({ type }) => type === "undone"));
    const pause = events.find((event) => event.type === "pausing");
    assert.deepEqual(pause?.because, "a pause was asked for");
    assert.deepEqual(pause.nodes, result.rotated);
    const left = await leftOldNodes();
    assert.equal(left.length, 5);
    assert.deepEqual(
      left.map((node) => [oldTaintsOf(node), node.spec?.unschedulable ?? false]),
      left.map(() => [["PreferNoSchedule"], false]),
    );
    pausedRun = result.runId;
    assert.deepEqual(
      [(await readRecord(cluster.kubernetes))?.runId, await pausing()],
      [pausedRun, { outcome: "notRunning", unfinished: { runId: pausedRun, isWayBack: false } }],
    );
  });

  it("goes on from a pause, and begins no node while its health gate is closed", async () => {
    const folder = temporaryFolder();
    const incident = join(folder, "incident");
    writeFileSync(incident, "");
    try {
      const healthGate = { command: `! cat ${incident}` };
      let asked: Promise<PauseResult> | undefined;
      let second: Promise<unknown> | undefined;
      const { result, events } = await rotating(
        ({ type }) => {
          if (type === "healthGateClosed") {
            second ??= aborting()
              .catch((error: unknown) => error)
              .finally(() => {
                rmSync(incident);
              });
          }
          if (type === "cordoned") asked ??= pausing();
        },
        { healthGate },
      );
      await asked;
      assert.ok((await second) instanceof LeaseHeldError, "nobody takes back what runs");
      assert.ok(!existsSync(incident));
      const started = events.find((event) => event.type === "started");
      assert.deepEqual([started?.runId, started?.isResumed], [pausedRun, true]);
      const gate = events.filter(({ type }) => /^healthGate|^cordoned$/.test(type)).map(({ type }) => type);
      assert.deepEqual(gate, ["healthGateClosed", "healthGateOpened", "cordoned"]);
      assert.deepEqual([result?.outcome, result?.rotated.length, result?.rotatedEarlier], ["paused", 1, 1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("pauses when its health gate stays closed, and says why", async () => {
    const { result, events } = await rotating(() => undefined, {
      healthGate: { command: "echo error budget spent; false" },
      podTimeoutSeconds: 5,
    });
    assert.equal(result?.outcome, "paused");
    assert.deepEqual(result.problems, [
      {
        path: "healthGate",
        reason: "was closed for 5 s. echo error budget spent; false: exit code 1: error budget spent.",
        fix: "Put that right, and run the rotation again: it goes on from here.",
      },
    ]);
    assert.ok(!events.some(({ type }) => type === "cordoned" || type === "undone"));
    assert.equal((await leftOldNodes()).length, 4);
  });

  it("does nothing more when it wakes up and another has gone on with it", async () => {
    const rotations = killableRotations(sandbox.env(), outputs);
    const sleeper = rotations.begin({ maxUnavailable: 1, sleepsBehind: "cordoned" });
    try {
      assert.ok(await sleeper.until("cordoned"), sleeper.stderr());
      const { events, error } = await rotating(({ type }, stop) => {
        if (type === "gone") stop("one is enough");
      });
      assert.match(String(error), /one is enough/);
      assert.deepEqual(
        events.filter(({ type }) => /^leaseAwaited|^started$/.test(type)).map(({ type }) => type),
        ["leaseAwaited", "started"],
      );
      const nodes = await leftOldNodes();
      const seen = sleeper.events.length;
      sleeper.kill("SIGCONT");
      const { code } = await sleeper.ended;
      assert.notEqual(code, 0);
      assert.match(
        sleeper.stderr(),
        /LeaseLostError: the lease kube-system\/eks-pod-network-rotation was lost/,
      );
      const after = sleeper.events.slice(seen).map(({ type }) => type);
      assert.deepEqual(
        after.filter((type) => /^(cordoned|evicted|terminating|undone|undoFailed|surging)$/.test(type)),
        [],
      );
      const shape = (node: TestNode) => [node.metadata.name, node.metadata.annotations, node.spec?.taints];
      assert.deepEqual((await leftOldNodes()).map(shape), nodes.map(shape));
    } finally {
      // Nobody else would end one that sleeps.
      sleeper.kill("SIGKILL");
      rotations.close();
    }
  });

  it("goes on when the API server is restarted in the middle of a drain", async () => {
    // Nobody sees anything meanwhile.
    await unobserve();
    let restarted: Promise<void> | undefined;
    const { events, error } = await rotating(({ type }, stop) => {
      if (type === "evicted") restarted ??= restartControlPlane(sandbox.record().folder);
      if (type === "gone") stop("one is enough");
    });
    await restarted;
    assert.ok(restarted !== undefined);
    assert.match(String(error), /one is enough/);
    assert.ok(!events.some(({ type }) => type === "undone" || type === "blocked"));
  });

  it("is undone when a group refuses a termination, since somebody has raised its minimum meanwhile", async () => {
    let raised: Promise<unknown> | undefined;
    const groupOf = (node: string) =>
      nodesOf(cluster).then(
        (nodes) =>
          nodes.find(({ metadata }) => metadata.name === node)?.metadata.labels?.[
            "eks.amazonaws.com/nodegroup"
          ] ?? "",
      );
    let name = "";
    const onEvent = (event: RotationEvent) => {
      if (event.type !== "cordoned") return;
      raised ??= groupOf(event.node).then(async (nodegroupName) => {
        name = nodegroupName;
        const sizes = await sizesOf(nodegroupName);
        await cluster.outside.eks.send(
          new UpdateNodegroupConfigCommand({
            clusterName: outputs.clusterName,
            nodegroupName,
            scalingConfig: { ...sizes, minSize: sizes?.desiredSize },
          }),
        );
      });
    };
    // Few pods may be drained sooner.
    const { autoScaling } = clusterOf(sandbox.record()).outside;
    autoScaling.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === "TerminateInstanceInAutoScalingGroupCommand") await raised;
          return next(args);
        },
      { step: "initialize" },
    );
    const { events, result } = await rotating(onEvent, {}, { autoScaling });
    await raised;
    assert.equal(result?.outcome, "stopped");
    assert.match(result.problems[0]?.reason ?? "", /violate group's min size constraint/);
    assert.ok(events.some(({ type }) => type === "settled"));
    assert.ok(!events.some(({ type }) => type === "gone" || type === "undoFailed"));
    const left = await leftOldNodes();
    assert.deepEqual(
      left.map((node) => [node.spec?.unschedulable ?? false, oldTaintsOf(node)]),
      left.map(() => [false, []]),
    );
    const sizes = await sizesOf(name);
    assert.equal(sizes?.minSize, sizes?.desiredSize, "it stays as they have set it");
  });

  it("stops when a node dies while it drains, for its group makes another old one", async () => {
    // Its death breaks rules, and is not the rotation's doing.
    await unobserve();
    assert.equal((await leftOldNodes()).length, 2);
    const folder = temporaryFolder();
    const died = join(folder, "died");
    const nodes = await nodesOf(cluster);
    const onEvent = (event: RotationEvent) => {
      if (event.type !== "cordoned") return;
      writeFileSync(died, "");
      const node = nodes.find(({ metadata }) => metadata.name === event.node);
      terminate(node?.spec?.providerID?.split("/").at(-1) ?? "");
    };
    // The gate keeps the other one until the one that takes its place has joined.
    const { result } = await rotating(onEvent, { healthGate: { command: `! cat ${died}` } });
    rmSync(folder, { recursive: true });
    assert.equal(result?.outcome, "stopped");
    assert.match(
      result.problems[0]?.reason ?? "",
      /^joined during this run, which began .* ago, and is old: /,
    );
  });

  it("rotates what is left in a run of its own, the one that its group made as well", async () => {
    await observe(2);
    const { result } = await rotating(() => undefined, { maxUnavailable: 2 });
    assert.deepEqual([result?.outcome, result?.blocked], ["done", []]);
    const nodes = await nodesOf(cluster);
    assert.deepEqual(nodes.flatMap(oldTaintsOf), []);
    assert.ok(nodes.every(({ spec }) => spec?.unschedulable !== true));
  });

  it("broke no disruption budget in all of this, as the sandbox's own watcher saw it", async () => {
    // It saw nothing either while the API server was restarted.
    const { budgets, broken } = await witnessOf(sandbox.record());
    assert.ok(budgets > 5);
    assert.deepEqual(broken, []);
  });
});
