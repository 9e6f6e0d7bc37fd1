import assert from "node:assert/strict";
import {
  DescribeAutoScalingGroupsCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { systemClock } from "../../../automation/clock";
import type { ApiObject } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent, RotationHappening } from "../../../automation/rotation/events";
import { intoPodSubnets } from "../../../automation/rotation/goal";
import { growWhenStuck } from "../../../automation/rotation/growWhenStuck";
import { LeaseHeldError, LeaseLostError } from "../../../automation/rotation/lease";
import { cordon, uncordon } from "../../../automation/rotation/nodeMarks";
import { observer } from "../../../automation/rotation/observe";
import { ownersIn } from "../../../automation/rotation/owners";
import { rotate } from "../../../automation/rotation/rotate";
import { rotationOptions, type GivenRotationOptions } from "../../../automation/rotation/rotationOptions";
import { verify } from "../../../automation/verify";
import { classifyEviction } from "../../../planning/rotation/evictionAnswer";
import { oldNodeNamed, webPod } from "../../planning/rotation/builders";
import type { SandboxRecord } from "../../../sandbox/sandbox";
import { sandboxFixture } from "../../support/sandbox";
import { playedWatch } from "./playedWatch";
import {
  clusterOf,
  eventually,
  makePodNetwork,
  nodesOf,
  oldTaintsOf,
  witnessOf,
  type Cluster,
  type TestNode,
} from "./podNetwork";
import { playedLease } from "./playedLease";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eks-pod-network-rotation";

describe("a rotation that is refused something", function () {
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let oldNames: string[];
  let batchNames: string[];
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    const nodes = await nodesOf(cluster);
    oldNames = nodes.map(({ metadata }) => metadata.name).sort();
    batchNames = nodes
      .filter(({ metadata }) => metadata.labels?.["eks.amazonaws.com/nodegroup"] === "batch")
      .map(({ metadata }) => metadata.name)
      .sort();
    await deployStubbornWorkloads(cluster);
    outputs = await makePodNetwork(sandbox.record(), cluster);
  });

  const outside = () => ({ ...cluster.outside, signal: new AbortController().signal });
  const rotateAll = async (
    options: GivenRotationOptions = {},
    onEvent: (event: RotationEvent) => void = () => undefined,
    given: Partial<ReturnType<typeof outside>> = {},
  ) => {
    const events: RotationEvent[] = [];
    const result = await rotate(
      outputs,
      { maxUnavailable: 3, podTimeoutSeconds: 60, nodeTimeoutSeconds: 120, ...options },
      {
        ...outside(),
        ...given,
        onEvent: (event) => {
          events.push(event);
          onEvent(event);
        },
      },
    );
    return { result, events };
  };
  const groups = async (): Promise<AutoScalingGroup[]> => {
    const { AutoScalingGroups = [] } = await cluster.outside.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    return AutoScalingGroups;
  };
  const minSizeOf = async (nodegroupName: string) => {
    const { nodegroup } = await cluster.outside.eks.send(
      new DescribeNodegroupCommand({ clusterName: outputs.clusterName, nodegroupName }),
    );
    return nodegroup?.scalingConfig?.minSize;
  };

  it("reads the answers of a real eviction API as what they mean", async () => {
    const { kubernetes } = cluster;
    const pods = await kubernetes.list(
      "/api/v1/namespaces/stubborn/pods",
      ({ metadata }: ApiObject) => metadata,
    );
    const podOf = (app: string) => {
      const found = pods.find(({ labels }) => labels?.part === app) ?? assert.fail(`a pod of ${app}`);
      return { namespace: "stubborn", name: found.name, uid: found.uid ?? "" };
    };
    const answerTo = async (pod: { namespace: string; name: string; uid: string }) =>
      classifyEviction(await kubernetes.evict(pod, 5_000));

    assert.match(
      JSON.stringify(await answerTo(podOf("never"))),
      /"blocked".*budget never needs 1 healthy pods and has 1/,
    );
    assert.match(
      JSON.stringify(await answerTo(podOf("twice"))),
      /"blocked".*more than one PodDisruptionBudget/,
    );
    const gone = { kind: "gone" };
    assert.deepEqual(await answerTo({ ...podOf("free"), uid: "another-pod-of-that-name" }), gone);
    assert.deepEqual(await answerTo({ ...podOf("free"), name: "no-such-pod" }), gone);
    assert.deepEqual(await answerTo(podOf("free")), { kind: "evicted" });
  });

  it("stops before the first cordon when a new worker is not as it should be, and undoes all", async () => {
    const eniConfig = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs/us-west-2a";
    const right = outputs.podSubnets.find(
      ({ availabilityZone }) => availabilityZone === "us-west-2a",
    )?.subnetId;
    const wrong = (await groups()).find(({ AvailabilityZones = [] }) =>
      AvailabilityZones.includes("us-west-2a"),
    );
    await cluster.kubernetes.patch(eniConfig, { spec: { subnet: wrong?.VPCZoneIdentifier?.split(",")[0] } });

    const { result, events } = await rotateAll();
    assert.equal(result.outcome, "stopped");
    assert.match(
      result.problems[0]?.reason ?? "",
      /secondary ENI eni-[0-9a-f]+ is in subnet-[0-9a-f]+, which is no pod subnet/,
    );
    assert.ok(!events.some(({ type }) => type === "cordoned" || type === "evicted"));
    assert.ok(
      events.some(({ type }) => type === "undone") && !events.some(({ type }) => type === "undoFailed"),
    );
    assert.deepEqual([await minSizeOf("general"), await minSizeOf("batch")], [3, 3]);
    assert.deepEqual(
      (await groups()).flatMap(({ SuspendedProcesses = [] }) => SuspendedProcesses),
      [],
    );
    assert.deepEqual((await nodesOf(cluster)).flatMap(oldTaintsOf), []);
    await cluster.kubernetes.patch(eniConfig, { spec: { subnet: right } });
  });

  it("refuses to begin while such a worker is there: nobody takes the place of its group", async () => {
    // Others that were launched beside it may still be on their way.
    await eventually(
      "every instance has its node",
      async () => {
        const wanted = (await groups()).reduce(
          (total, { DesiredCapacity = 0 }) => total + DesiredCapacity,
          0,
        );
        const nodes = await nodesOf(cluster);
        return nodes.length === wanted && nodes.every(isReady);
      },
      120_000,
    );
    const { result, events } = await rotateAll();
    assert.equal(result.outcome, "refused");
    assert.match(
      result.problems[0]?.reason ?? "",
      /belongs to managed node group (general|batch)-pods-us-west-2a, which no worker group replaces in us-west-2a/,
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ["planned", "finished"],
    );
    // As its message says: each is terminated, and its group makes a new one.
    const before = await nodesOf(cluster);
    const bad = before.filter(({ metadata: { labels = {} } }) =>
      /-pods-us-west-2a$/.test(labels["eks.amazonaws.com/nodegroup"] ?? ""),
    );
    const badUids = bad.map(({ metadata: { uid } }) => uid);
    for (const { spec } of bad) {
      const InstanceId = spec?.providerID?.split("/").at(-1);
      await cluster.outside.autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
      );
    }
    await eventually(
      "its replacement is new",
      async () => {
        const { oldNodes } = await verify(outputs, outside());
        const nodes = await nodesOf(cluster);
        return (
          nodes.length === before.length &&
          nodes.every(isReady) &&
          nodes.every(({ metadata: { uid } }) => !badUids.includes(uid)) &&
          oldNodes.every(({ node }) => oldNames.includes(node))
        );
      },
      120_000,
    );
  });

  it("ends at once, and undoes nothing, when its lease is another's", async () => {
    const events: RotationEvent[] = [];
    const taken = rotateAll({}, (event) => {
      events.push(event);
      if (event.type === "oldTainted")
        void cluster.kubernetes.patch(LEASE, { spec: { holderIdentity: "somebody-else", renewTime: null } });
    });
    await assert.rejects(
      taken,
      (error) => error instanceof LeaseLostError && /somebody-else holds it/.test(error.message),
    );
    assert.ok(!events.some(({ type }) => type === "undone" || type === "evicted"));
    assert.equal((await nodesOf(cluster)).flatMap(oldTaintsOf).length, 6);
    await cluster.kubernetes.patch(LEASE, { spec: { holderIdentity: "" } });
  });

  it("undoes what an earlier process of the run did, when the one that goes on with it fails", async () => {
    assert.deepEqual([await minSizeOf("general"), await minSizeOf("batch")], [0, 0]);
    let failures = 0;
    const autoScaling = autoScalingWith(sandbox.record(), "DescribeAutoScalingGroupsCommand", () => {
      if (failures++ === 0) throw new Error("AWS is out");
    });
    await assert.rejects(
      rotateAll({}, () => undefined, { autoScaling }),
      /AWS is out/,
    );
    assert.deepEqual((await nodesOf(cluster)).flatMap(oldTaintsOf), []);
    assert.deepEqual([await minSizeOf("general"), await minSizeOf("batch")], [3, 3]);
    assert.deepEqual(
      (await groups()).flatMap(({ SuspendedProcesses = [] }) => SuspendedProcesses),
      [],
    );
  });

  it("undoes all that can be undone when AWS fails in the middle of a batch", async () => {
    const failing = autoScalingWith(
      sandbox.record(),
      "TerminateInstanceInAutoScalingGroupCommand",
      (isBefore) => {
        if (isBefore) throw new Error("AWS is out");
      },
    );
    const events: RotationEvent[] = [];
    const onEvent = (event: RotationEvent) => {
      events.push(event);
      if (event.type === "undone") throw new Error("nobody listens any more");
    };
    const general = { maxUnavailable: 1, podTimeoutSeconds: 60, nodeTimeoutSeconds: 120 };
    await assert.rejects(
      rotate(outputs, general, { ...outside(), autoScaling: failing, onEvent }),
      /AWS is out/,
    );

    assert.ok(
      events.some(({ type }) => type === "settled"),
      "a node was drained by then",
    );
    assert.ok(!events.some(({ type }) => type === "undoFailed"));
    const nodes = await nodesOf(cluster);
    assert.deepEqual(nodes.flatMap(oldTaintsOf), []);
    assert.ok(nodes.every(({ spec }) => spec?.unschedulable !== true));
    assert.ok(nodes.every(({ metadata }) => metadata.annotations?.["eks-pod-network.io/run"] === undefined));
    assert.deepEqual([await minSizeOf("general"), await minSizeOf("batch")], [3, 3]);
    assert.deepEqual(
      (await groups()).flatMap(({ SuspendedProcesses = [] }) => SuspendedProcesses),
      [],
    );
  });

  it("leaves nodes whose pods may not go in service, names pods and budgets, and rotates the others", async () => {
    let second: Promise<unknown> | undefined;
    const { result } = await rotateAll({}, ({ type }) => {
      if (type === "batchStarted") second ??= rotateAll().catch((error: unknown) => error);
    });
    assert.ok((await second) instanceof LeaseHeldError, "one rotation at a time");
    assert.equal(result.outcome, "blocked");
    assert.deepEqual(
      [...result.rotated].sort(),
      oldNames.filter((name) => !batchNames.includes(name)),
    );
    assert.deepEqual(result.blocked.map(({ node }) => node).sort(), batchNames);
    const because = result.blocked.flatMap((blocked) => blocked.because);
    assert.ok(
      because.some((line) =>
        /^stubborn\/unwell-\S+: stubborn\/unwell: the budget allows 0: 3 healthy, 3 needed, unwell-\S+ not ready for \d+ (s|min)$/.test(
          line,
        ),
      ),
      because.join("\n"),
    );
    assert.ok(
      because.some((line) =>
        /^stubborn\/never-\S+: stubborn\/never: the budget needs 1 of 1 pods healthy/.test(line),
      ),
      because.join("\n"),
    );
    assert.ok(
      because.some((line) => /^stubborn\/twice-\S+: stubborn\/twice, stubborn\/twice-too: /.test(line)),
      because.join("\n"),
    );

    const left = (await nodesOf(cluster)).filter(({ metadata }) => batchNames.includes(metadata.name));
    assert.equal(left.length, 3);
    assert.ok(left.every(({ spec }) => spec?.unschedulable !== true));
    assert.deepEqual(
      left.map(oldTaintsOf),
      left.map(() => ["PreferNoSchedule"]),
      "they stay old, and the scheduler prefers others",
    );
    assert.ok(result.blocked.every(({ isInService }) => isInService));
    assert.deepEqual(
      [await minSizeOf("general"), await minSizeOf("batch")],
      [0, 3],
      "what is emptied stays so, what is there keeps its minimum",
    );
    const suspendedIn = async (prefix: string) =>
      (await groups())
        .filter(({ AutoScalingGroupName = "" }) => AutoScalingGroupName.startsWith(prefix))
        .flatMap(({ SuspendedProcesses = [] }) => SuspendedProcesses.map(({ ProcessName }) => ProcessName))
        .sort();
    assert.deepEqual(
      await suspendedIn("eks-batch-"),
      [],
      "its zones are even, so AZRebalance is resumed as well",
    );
    assert.deepEqual(await suspendedIn("eks-general-"), ["AlarmNotification", "ScheduledActions"]);
    assert.match(
      result.notes.join("\n"),
      /^general is empty: its minimum size stays 0, AlarmNotification, ScheduledActions of eks-general-\S+ stay suspended, /m,
    );
  });

  it("leaves a node in service that a person put back, and takes its own marks off it", async () => {
    const name = batchNames[0] ?? "";
    const { kubernetes } = cluster;
    const marks = { runId: "7f3a", wasCordoned: true, wasExcluded: false, drainBegan: "", owners: [] };
    const look = async () => {
      const node = (await nodesOf(cluster)).find(({ metadata }) => metadata.name === name);
      return [node?.spec?.unschedulable, node?.metadata.annotations?.["eks-pod-network.io/run"]];
    };
    await cordon(kubernetes, name, marks);
    await uncordon(kubernetes, name, "another-run");
    assert.deepEqual(await look(), [true, "7f3a"]);
    await kubernetes.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: null } });
    await uncordon(kubernetes, name, "7f3a");
    assert.deepEqual(await look(), [undefined, undefined]);
  });

  it("knows an owner of any kind that is gone, and one that is there", async () => {
    const promise = { namespace: "stubborn", ready: 1 };
    const tools = { kubernetes: cluster.kubernetes, clock: systemClock };
    const unready = (apiVersion: string, kind: string, name: string) =>
      ownersIn(tools, playedWatch({})).unready({ ...promise, apiVersion, kind, name });
    assert.deepEqual(await unready("apps/v1", "Deployment", "free"), {
      owner: "stubborn/Deployment/free",
      ready: 0,
      wanted: 1,
      unschedulable: [],
      kept: [],
    });
    assert.equal(await unready("apps/v1", "Deployment", "no-such"), undefined);
    assert.equal(await unready("apps/v1", "NoSuchKind", "free"), undefined);
    assert.equal(await unready("gone.example/v1", "Workflow", "free"), undefined);
  });

  it("waits for a budget that lets pods go later, and is done", async () => {
    const budgets = "/apis/policy/v1/namespaces/stubborn/poddisruptionbudgets";
    await cluster.kubernetes.delete(`${budgets}/twice-too`);
    // Of two budgets of a pod the disruption controller keeps only one, of its choice, up to date with the pod; the one
    // that stays is looked at again when it changes itself.
    await cluster.kubernetes.patch(`${budgets}/twice`, {
      metadata: { annotations: { "twice-too": "gone" } },
    });
    const onEvent = (event: RotationEvent) => {
      // While its pods are waited for, somebody puts the budgets right.
      if (event.type !== "draining" || !event.waiting.some(({ pod }) => pod.startsWith("stubborn/unwell")))
        return;
      void cluster.kubernetes.patch(`${budgets}/unwell`, { spec: { minAvailable: 1 } });
      void cluster.kubernetes.patch(`${budgets}/never`, { spec: { minAvailable: 0 } });
    };
    // Each instance is terminated, and AWS's answer that it is gets lost.
    const command = "TerminateInstanceInAutoScalingGroupCommand";
    const autoScaling = autoScalingWith(sandbox.record(), command, (isBefore) => {
      if (!isBefore) throw new Error("the answer was lost");
    });
    const { result, events } = await rotateAll({ podTimeoutSeconds: 180 }, onEvent, { autoScaling });
    const refused = JSON.stringify(events.filter(({ type }) => type === "evictionRefused"));
    assert.deepEqual([result.outcome, result.blocked], ["done", []], refused);
    assert.deepEqual([...result.rotated].sort(), batchNames);
    assert.ok(events.some(({ type }) => type === "draining"));
    assert.equal((await verify(outputs, outside())).isVerified, true);
  });

  it("adds a worker for moved pods that stay unschedulable, and not again and again", async () => {
    const nodeGroupName = "general-pods-us-west-2a";
    const desiredSize = async () => {
      const { nodegroup } = await cluster.outside.eks.send(
        new DescribeNodegroupCommand({ clusterName: outputs.clusterName, nodegroupName: nodeGroupName }),
      );
      return nodegroup?.scalingConfig?.desiredSize ?? assert.fail(nodeGroupName);
    };
    // Where nodes joined slowly, the rotations before may have added one already.
    const from = await desiredSize();
    let nowMs = 0;
    const clock = { ...cluster.outside.clock, now: () => nowMs };
    const events: RotationHappening[] = [];
    const emit = (event: RotationHappening) => {
      events.push(event);
    };
    const tools = { ...outside(), kubernetes: cluster.kubernetes, clock, emit, lease: playedLease() };
    const observe = observer(tools, outputs.podSubnets);
    const goal = intoPodSubnets(outputs);
    const grow = growWhenStuck(
      { tools, outputs, goal, options: rotationOptions({}), observe },
      () => new Map(),
    );
    const at = async (seconds: number, pods = [webPod]) => {
      nowMs = seconds * 1000;
      await grow(pods, [oldNodeNamed("old-1")]);
    };
    await at(0);
    await at(14);
    await at(15, []);
    await at(16);
    assert.deepEqual(events, [], "they may be waiting for a node that is about to join");
    await at(31);
    await at(60);
    assert.deepEqual(events, [{ type: "surging", nodeGroupName, from, to: from + 1 }]);
    assert.equal(await desiredSize(), from + 1);
  });

  it("broke no disruption budget in all of this, as the sandbox's own watcher saw it", async () => {
    const { broken, interruptions } = await witnessOf(sandbox.record());
    assert.deepEqual([broken, interruptions], [[], 0]);
  });
});

/** A client that acts up around one command: before it is sent, and when it was done. */
function autoScalingWith(
  record: SandboxRecord,
  command: string,
  actUp: (isBefore: boolean) => void,
): Cluster["outside"]["autoScaling"] {
  const { autoScaling } = clusterOf(record).outside;
  autoScaling.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== command) return next(args);
      actUp(true);
      const answer = await next(args);
      actUp(false);
      return answer;
    },
    { step: "initialize" },
  );
  return autoScaling;
}

function isReady({
  status,
}: TestNode & {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}): boolean {
  return (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");
}

/**
 * Workloads on the nodes of the group `batch` that are hard to move: one under a budget that never allows anything, one
 * under two budgets, one with a pod that is never ready; and one that is free.
 */
async function deployStubbornWorkloads({ kubernetes }: Cluster): Promise<void> {
  const namespace = "stubborn";
  await kubernetes.create("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  const deploy = (part: string, app: string, replicas: number, readyAfter: string, zone?: string) =>
    kubernetes.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: part, namespace },
      spec: {
        replicas,
        selector: { matchLabels: { part } },
        template: {
          metadata: { labels: { part, app }, annotations: { "sandbox/ready-after": readyAfter } },
          spec: {
            nodeSelector: {
              workload: "batch",
              ...(zone !== undefined && { "topology.kubernetes.io/zone": zone }),
            },
            // One of "unwell" in each zone.
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "topology.kubernetes.io/zone",
                whenUnsatisfiable: "DoNotSchedule",
                labelSelector: { matchLabels: { part } },
              },
            ],
            containers: [{ name: "main", image: "registry.example/main:1" }],
          },
        },
      },
    } as ApiObject);
  const budget = (name: string, app: string, minAvailable: number) =>
    kubernetes.create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name, namespace },
      spec: { minAvailable, selector: { matchLabels: { app } } },
    } as ApiObject);
  await budget("never", "never", 1);
  await budget("twice", "twice", 1);
  await budget("twice-too", "twice", 1);
  await budget("unwell", "unwell", 3);
  await deploy("never", "never", 1, "1s", "us-west-2a");
  await deploy("twice", "twice", 2, "1s", "us-west-2b");
  await deploy("unwell", "unwell", 3, "1s");
  await deploy("unwell-slow", "unwell", 1, "3600s");
  await deploy("free", "free", 1, "1s");
  await eventually("the stubborn workloads run", async () => {
    const ready = await kubernetes.list(
      `/api/v1/namespaces/${namespace}/pods`,
      ({
        status,
      }: ApiObject & {
        readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
      }) => (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
    return ready.length === 8 && ready.filter(Boolean).length === 7;
  });
}
