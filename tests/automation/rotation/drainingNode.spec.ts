import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { KubernetesError, type Kubernetes } from "../../../automation/kubernetes";
import { advance, type DrainContext, type DrainingNode } from "../../../automation/rotation/drainingNode";
import type { RotationHappening } from "../../../automation/rotation/events";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { ownersIn, type OwnerPromise } from "../../../automation/rotation/owners";
import { putBack } from "../../../automation/rotation/putBack";
import { NO_RESTARTS } from "../../../automation/rotation/singleReplicas";
import { undoStack } from "../../../automation/rotation/undoStack";
import { oldNodeNamed, webPod } from "../../planning/rotation/builders";
import { noLoadBalancers, playedLoadBalancers } from "./playedLoadBalancers";
import { playedLease } from "./playedLease";
import { playedWatch } from "./playedWatch";

const OWN = { "eks-pod-network.io/run": "7f3a", "eks-pod-network.io/was-cordoned": "false" };
const NODE = "/api/v1/nodes/old-1";

interface World {
  /** The Node of that name as the API server has it; none when it is gone. */
  node?: object | undefined;
  /** State of its instance in its Auto Scaling group; none where it is in none. */
  lifecycle?: string | undefined;
  /** What AWS says to its termination. */
  refusal?: Error;
  ec2State?: string;
}

/** A cluster of one empty node, whose drain has begun. */
function world({ node, lifecycle, ec2State = "running", refusal }: World) {
  const events: RotationHappening[] = [];
  const patches: unknown[] = [];
  const terminated: string[] = [];
  const looks: string[] = [];
  const time = { nowMs: 1_000 };
  const kubernetes = {
    get: (path: string) => {
      if (path === NODE && node !== undefined) return Promise.resolve(node);
      // The owner of a kind that nobody knows is there.
      if (path.startsWith("/apis/argoproj.io")) return Promise.resolve({ resources: [ROLLOUTS] });
      if (path.startsWith("/apis/apps/v1")) return Promise.resolve({ spec: { replicas: 2 } });
      return Promise.reject(new KubernetesError(path, 404, "not found"));
    },
    list: () => Promise.resolve([]),
    patch: (path: string, change: unknown) => {
      patches.push([path, change]);
      return Promise.resolve({ metadata: { name: "old-1" } });
    },
  } as Partial<Kubernetes>;
  const lease = playedLease(looks);
  const send = (command: { readonly input: { readonly InstanceId?: string } }) => {
    if (command.input.InstanceId !== undefined) terminated.push(command.input.InstanceId);
    if (command.input.InstanceId !== undefined && refusal !== undefined) return Promise.reject(refusal);
    return Promise.resolve({
      AutoScalingInstances: lifecycle === undefined ? [] : [{ LifecycleState: lifecycle }],
      Reservations: [{ Instances: [{ State: { Name: ec2State } }] }],
    });
  };
  const tools = {
    kubernetes,
    autoScaling: { send },
    // Pages are asked for of no other.
    ec2: Object.assign(new EC2Client({ region: "us-west-2" }), { send }),
    clock: { now: () => time.nowMs },
    lease,
    signal: new AbortController().signal,
    emit: (event: RotationHappening) => {
      events.push(event);
    },
  };
  const batch = {
    tools,
    attachments: { of: () => Promise.resolve([]) },
    undo: undoStack(),
    loadBalancers: noLoadBalancers,
    restarts: NO_RESTARTS,
    watch: playedWatch({ nodes: node === undefined ? [] : [node] }),
    options: { force: false, runId: "7f3a", podTimeoutMs: 5_000, nodeTimeoutMs: 5_000 },
  } as object as DrainContext;
  return { batch, owners: ownersIn(batch.tools, batch.watch), events, patches, terminated, looks, time };
}

const ROLLOUTS = { name: "rollouts", kind: "Rollout" };

function draining(given: Partial<DrainingNode> = {}): DrainingNode {
  return {
    node: { ...oldNodeNamed("old-1"), instanceId: "i-1" },
    name: "old-1",
    uid: "uid-1",
    instanceId: "i-1",
    of: 0,
    owners: [],
    stage: "settling",
    isExcluded: false,
    isInService: false,
    podsUntilMs: 2_000,
    deadlineMs: 2_000,
    remaining: [],
    because: [],
    told: "",
    ...given,
  };
}

/** The Node of an instance, out of service by our hand unless told otherwise. */
function apiNode(uid: string, instanceId: string, spec: object = { unschedulable: true }): object {
  const providerID = `aws:///us-west-2a/${instanceId}`;
  return { metadata: { name: "old-1", uid, annotations: OWN }, spec: { providerID, ...spec } };
}

describe("a node on its way out", () => {
  it("is terminated when it is empty and its pods are ready elsewhere", async () => {
    const { batch, owners, terminated } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "InService" });
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, terminated], ["leaving", ["i-1"]]);
  });

  it("is not while a load balancer has it, and goes back into service where nobody takes it out", async () => {
    const { batch, owners, terminated } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "InService" });
    const targets = ["i-1", "i-2"].map((instanceId) => ({ instanceId, state: "healthy" }));
    const loadBalancers = playedLoadBalancers(() => [{ name: "target group web", id: "arn:web", targets }]);
    const context = { ...batch, loadBalancers };
    const node = draining({ isExcluded: true });
    await advance(context, owners, node);
    // The clock stands at 1,000, and whoever takes it out has five seconds.
    assert.deepEqual([node.stage, node.deadlineMs, terminated], ["deregistering", 6_000, []]);
    node.deregisteringSinceMs = -4_001;
    await advance(context, owners, node);
    assert.deepEqual([node.stage, node.isInService, terminated], ["blocked", true, []]);
    assert.deepEqual(node.because, [
      "target group web has i-1, and nobody takes it out; deregister it there",
    ]);
  });

  it("is not when its Node was made anew: nobody has looked at what runs on it", async () => {
    const { batch, owners, terminated } = world({
      node: apiNode("uid-2", "i-1", {}),
      lifecycle: "InService",
    });
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService, terminated], ["blocked", true, []]);
    assert.match(node.because.join(), /made anew/);
  });

  it("is another one than the node that was given its name", async () => {
    const { batch, owners, events } = world({ node: apiNode("uid-2", "i-2"), lifecycle: "Terminating" });
    const node = draining();
    await advance(batch, owners, node);
    assert.equal(node.stage, "leaving");
    await advance(batch, owners, node);
    assert.equal(node.stage, "gone");
    assert.deepEqual(events.at(-1), { type: "gone", node: "old-1" });
  });

  it("loses our marks, and nothing else, when somebody put it back into service", async () => {
    const { batch, owners, patches, terminated } = world({
      node: apiNode("uid-1", "i-1", {}),
      lifecycle: "InService",
    });
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService, terminated], ["blocked", true, []]);
    const annotations = Object.fromEntries(
      ["run", "was-cordoned", "was-excluded", "drain-began", "owners"].map((key) => [
        `eks-pod-network.io/${key}`,
        null,
      ]),
    );
    assert.deepEqual(patches, [[NODE, { metadata: { annotations } }]]);
  });

  it("stays cordoned where somebody took our marks off it only, and that is told", async () => {
    const spec = { unschedulable: true, providerID: "aws:///us-west-2a/i-1" };
    const bare = { metadata: { name: "old-1", uid: "uid-1", annotations: {} }, spec };
    const { batch, owners, patches, terminated } = world({ node: bare, lifecycle: "InService" });
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService, terminated, patches], ["blocked", false, [], []]);
    assert.match(node.because.join(), /took the rotation's marks off it .* left it cordoned/);
  });

  it("is tried again while its group is busy, looked at anew each time, and not for ever", async () => {
    const refusal = Object.assign(new Error("it is busy"), { name: "ScalingActivityInProgressFault" });
    const node = draining();
    const given = { node: apiNode("uid-1", "i-1"), lifecycle: "InService", refusal };
    const { batch, owners, terminated, events, time } = world(given);
    for (const nowMs of [1_000, 3_999, 4_000]) {
      time.nowMs = nowMs;
      await advance(batch, owners, node);
    }
    assert.deepEqual([node.stage, terminated.length], ["deregistering", 2]);
    assert.equal(events.filter(({ type }) => type === "terminating").length, 1);
    time.nowMs = 7_000;
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService], ["blocked", true]);
    assert.match(
      node.because.join(),
      /it is busy. Its group is busy with another change. Run the rotation again/,
    );
  });

  it("goes back into service, with the way out told, when AWS refuses to terminate it", async () => {
    const refusal = Object.assign(new Error("it is protected"), { name: "OperationNotPermitted" });
    const given = { node: apiNode("uid-1", "i-1"), lifecycle: "InService", refusal };
    const { batch, owners, patches } = world(given);
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService], ["blocked", true]);
    assert.match(
      node.because.join(),
      /AWS refuses to terminate i-1: it is protected. Switch its protection off/,
    );
    assert.match(JSON.stringify(patches), /"unschedulable":null/);
  });

  it("goes back into service at once when no Auto Scaling group has its instance", async () => {
    const { batch, owners, events, patches } = world({ node: apiNode("uid-1", "i-1") });
    const node = draining();
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService], ["blocked", true]);
    assert.match(node.because.join(), /i-1 is in no Auto Scaling group any more, so it was not terminated/);
    assert.ok(!events.some(({ type }) => type === "terminating"));
    assert.match(JSON.stringify(patches), /"unschedulable":null/);
  });

  it("stays out of service when it was terminated and its Node stays too long", async () => {
    const { batch, owners, patches } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "Terminating" });
    const node = draining({ stage: "leaving", deadlineMs: 999 });
    await advance(batch, owners, node);
    assert.deepEqual([node.stage, node.isInService, patches], ["blocked", false, []]);
  });

  it("is put back into service only by who holds the lease at that moment", async () => {
    const { batch, patches, looks } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "InService" });
    assert.equal(await putBack(batch.tools, "old-1"), "putBack");
    assert.deepEqual([looks, patches.length], [["held"], 1]);
    const lost = playedLease([], () => true);
    await assert.rejects(putBack({ ...batch.tools, lease: lost }, "old-1"), LeaseLostError);
    assert.equal(patches.length, 1);
  });

  it("is not put back into service while its instance is being terminated", async () => {
    for (const [lifecycle, ec2State] of [
      ["Terminating:Wait", "running"],
      [undefined, "shutting-down"],
    ] as const) {
      const { batch, patches } = world({ node: apiNode("uid-1", "i-1"), lifecycle, ec2State });
      assert.equal(await putBack(batch.tools, "old-1"), "leaving");
      assert.deepEqual(patches, []);
    }
  });

  describe("whose pods' owner has fewer ready pods than before", () => {
    const owner = (apiVersion: string, kind: string): OwnerPromise => ({
      apiVersion,
      kind,
      namespace: "shop",
      name: "web",
      ready: 2,
    });
    const advanced = async (promise: OwnerPromise, deadlineMs: number) => {
      const { batch, owners, events } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "InService" });
      const node = draining({ owners: [promise], deadlineMs });
      await advance(batch, owners, node);
      const notes = events.flatMap((event) => (event.type === "note" ? [event.note] : []));
      return { stage: node.stage, notes };
    };

    it("is blocked at its deadline where it is known what the owner wants", async () => {
      assert.deepEqual(await advanced(owner("apps/v1", "ReplicaSet"), 999), { stage: "blocked", notes: [] });
    });

    it("goes before its replacement is made within a surge, where all that it lacks waits for room", async () => {
      const waiting = ["web-1", "web-2"].map((name) => ({
        ...webPod,
        ...{ name, nodeName: undefined, isReady: false, isUnschedulable: true },
      }));
      const promise = { ...owner("apps/v1", "ReplicaSet"), name: "web" };
      const advancedWith = async (pods: typeof waiting, replacedAfterwards: boolean) => {
        const { batch, events } = world({ node: apiNode("uid-1", "i-1"), lifecycle: "InService" });
        const watch = playedWatch({ pods });
        const node = draining({ owners: [promise] });
        const context = { ...batch, watch, options: { ...batch.options, replacedAfterwards } };
        await advance(context, ownersIn(batch.tools, watch), node);
        return { stage: node.stage, told: events.filter(({ type }) => type === "leavesWaiting") };
      };
      const { stage, told } = await advancedWith(waiting, true);
      assert.equal(stage, "leaving");
      assert.deepEqual(told, [{ type: "leavesWaiting", node: "old-1", pods: ["shop/web-1", "shop/web-2"] }]);
      assert.equal((await advancedWith(waiting, false)).stage, "settling", "its replacements are made first");
      assert.equal(
        (await advancedWith(waiting.slice(1), true)).stage,
        "settling",
        "one is yet to be made again",
      );
    });

    it("goes on at its deadline, and not before, where nobody knows", async () => {
      const rollout = owner("argoproj.io/v1alpha1", "Rollout");
      assert.deepEqual(await advanced(rollout, 2_000), { stage: "settling", notes: [] });
      const { stage, notes } = await advanced(rollout, 999);
      assert.equal(stage, "leaving");
      assert.match(notes.join(), /^old-1 went on without waiting longer: shop\/Rollout\/web: 0 of 2 pods /);
    });
  });
});
