import assert from "node:assert/strict";
import { departure, type DepartingNode } from "../../../automation/rotation/departure";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import { KubernetesError } from "../../../automation/kubernetesError";
import type { NodeOwner } from "../../../planning/rotation/nodeOwner";
import { newNode } from "../../planning/rotation/builders";
import { playedLease } from "./playedLease";

/** What is there of a node that departs. */
interface Left {
  /** How long its lifecycle hooks may hold it, in seconds. */
  heldAtMost?: number;
  /** Why EC2 does not delete its interfaces. */
  undeletable?: string;
  isThere?: boolean;
  lifecycle?: string;
  hasClaim?: boolean;
  attachments?: string[];
  enis?: { id: string; status: string }[];
}

/** AWS and Kubernetes with what is left, which tests change; a clock that goes on by 3 s at each look. */
function leaving(left: Left, owner: NodeOwner, removeLeakedEnis = false) {
  const events: RotationHappening[] = [];
  const asserted: string[] = [];
  let nowMs = 0;
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    switch (command.constructor.name) {
      case "DescribeAutoScalingInstancesCommand":
        return Promise.resolve({
          AutoScalingInstances:
            left.lifecycle === undefined
              ? []
              : [{ LifecycleState: left.lifecycle, AutoScalingGroupName: "general" }],
        });
      case "DescribeLifecycleHooksCommand":
        return Promise.resolve({
          LifecycleHooks: [
            { LifecycleHookName: "in", LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
            {
              LifecycleHookName: "out",
              LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
              HeartbeatTimeout: 60,
              ...(left.heldAtMost !== undefined && { GlobalTimeout: left.heldAtMost }),
            },
          ],
        });
      case "DeleteNetworkInterfaceCommand":
        if (left.undeletable !== undefined) return Promise.reject(new Error(left.undeletable));
        left.enis = (left.enis ?? []).filter(({ id }) => !JSON.stringify(command.input).includes(id));
        return Promise.resolve({});
      default:
        return Promise.resolve({
          NetworkInterfaces: (left.enis ?? []).map(({ id, status }) => ({
            NetworkInterfaceId: id,
            Status: status,
          })),
        });
    }
  };
  const kubernetes = {
    get: () =>
      left.hasClaim === true
        ? Promise.resolve({ metadata: { name: "default-x" } })
        : Promise.reject(new KubernetesError("GET nodeclaim", 404, "not found")),
  };
  const tools = {
    ...{ ec2: { send }, autoScaling: { send }, kubernetes, signal: new AbortController().signal },
    ...{ clock: { now: () => nowMs }, lease: playedLease(asserted) },
    emit: (event: RotationHappening) => events.push(event),
  } as object as ActingTools;
  const node: DepartingNode = { name: "old-1", instanceId: "i-1", owner };
  const { look } = departure(
    tools,
    {
      watch: {
        node: () => (left.isThere === true ? { ...newNode, name: "old-1", instanceId: "i-1" } : undefined),
      },
      attachments: { of: () => Promise.resolve(left.attachments ?? []) },
      removeLeakedEnis,
    },
    node,
  );
  return {
    events,
    asserted,
    look: (isLate = false) => {
      nowMs += 3_000;
      return look(isLate);
    },
    /** Without any time passing. */
    lookAgain: () => look(false),
  };
}

const general: NodeOwner = { kind: "managedNodeGroup", name: "general" };

describe("a node on its way out", () => {
  it("is held up by its group's lifecycle hook, then by itself, and is gone with everything of it", async () => {
    const left: Left = { isThere: true, lifecycle: "Terminating:Wait" };
    const { look, events } = leaving(left, general);
    const because = "Terminating:Wait of general: waits for its lifecycle hook out (60 s)";
    assert.deepEqual(await look(), { kind: "held", because });
    assert.deepEqual(await look(), { kind: "held", because });
    left.lifecycle = "Terminating:Proceed";
    assert.deepEqual(await look(), {
      kind: "leaving",
      because: "its instance ends, and its Node is still there",
    });
    Object.assign(left, {
      isThere: false,
      attachments: ["pvc-1"],
      enis: [{ id: "eni-1", status: "in-use" }],
    });
    const state = await look();
    assert.deepEqual(state, {
      kind: "leaving",
      because: "volumes pvc-1 are still attached to it; network interfaces eni-1 are still attached",
    });
    Object.assign(left, { attachments: [], enis: [] });
    assert.deepEqual(await look(), { kind: "gone" });
    assert.deepEqual(
      events.map((event) => event.type),
      ["departing", "departing", "departing"],
    );
  });

  it("is held by its hooks for no longer than they may in all, however often they ask for more time", async () => {
    const { look } = leaving({ isThere: true, lifecycle: "Terminating:Wait", heldAtMost: 6 }, general);
    const kinds = [];
    for (let turn = 0; turn < 4; turn++) kinds.push((await look()).kind);
    assert.deepEqual(kinds, ["held", "held", "held", "leaving"]);
  });

  it("is gone though an interface of it can't be removed, which is told", async () => {
    const enis = [{ id: "eni-1", status: "available" }];
    const { look, events } = leaving({ enis, undeletable: "You are not authorized" }, general, true);
    assert.deepEqual(await look(), { kind: "gone" });
    assert.deepEqual(events, [
      {
        type: "note",
        note: "eni-1, which old-1 left behind, could not be removed: You are not authorized. Remove it: it takes addresses and keeps its subnet from being deleted.",
      },
    ]);
  });

  it("is gone as soon as its Node is; for what AWS alone tells, AWS is not asked each time", async () => {
    const left: Left = { isThere: true };
    const { look, lookAgain } = leaving(left, general);
    const ends = { kind: "leaving", because: "its instance ends, and its Node is still there" };
    assert.deepEqual(await look(), ends);
    left.lifecycle = "Terminating:Wait";
    assert.deepEqual(await lookAgain(), ends);
    left.isThere = false;
    assert.deepEqual(await lookAgain(), { kind: "gone" });
  });

  it("of Karpenter is not gone before its NodeClaim", async () => {
    const left: Left = { hasClaim: true };
    const { look } = leaving(left, { kind: "karpenter", nodePool: "default", nodeClaim: "default-x" });
    assert.deepEqual(await look(), { kind: "leaving", because: "NodeClaim default-x is still there" });
    left.hasClaim = false;
    assert.deepEqual(await look(), { kind: "gone" });
  });

  it("is gone in the end though something of it stays, which is told", async () => {
    const { look, events } = leaving({ attachments: ["pvc-1"] }, general);
    assert.deepEqual(await look(true), { kind: "gone" });
    assert.deepEqual(events, [
      { type: "note", note: "old-1 is gone, but volumes pvc-1 are still attached to it. Look at them." },
    ]);
  });

  it("has interfaces told that it left behind, and removed only when that was asked for", async () => {
    const enis = [{ id: "eni-1", status: "available" }];
    const told = leaving({ enis }, general);
    assert.deepEqual(await told.look(), { kind: "gone" });
    assert.match(JSON.stringify(told.events), /old-1 left eni-1 behind/);
    assert.deepEqual(told.asserted, []);

    const left: Left = { enis };
    const removed = leaving(left, general, true);
    assert.deepEqual(await removed.look(), { kind: "gone" });
    assert.deepEqual([left.enis, removed.asserted], [[], ["held"]]);
    assert.deepEqual(removed.events, [{ type: "eniRemoved", node: "old-1", eniId: "eni-1" }]);
  });
});
