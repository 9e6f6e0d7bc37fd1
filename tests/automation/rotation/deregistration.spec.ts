import assert from "node:assert/strict";
import { awaitDeregistration, excludeNodes } from "../../../automation/rotation/deregistration";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import type { TargetGroup } from "../../../planning/rotation/targetGroups";
import { playedLease } from "./playedLease";
import { playedLoadBalancers } from "./playedLoadBalancers";

const NODE_TIMEOUT_MS = 900_000;

/** Nodes old-1 (i-1) and old-2 (i-2), in a target group as it is at the moment. */
function world(states: Record<string, string>, ofItsGroup: readonly string[] = []) {
  const events: RotationHappening[] = [];
  const excluded: string[] = [];
  const time = { nowMs: 1_000 };
  const groups = (): TargetGroup[] => [
    {
      name: "target group web",
      id: "arn:web",
      targets: Object.entries(states).map(([instanceId, state]) => ({ instanceId, state })),
    },
  ];
  const context = {
    tools: {
      kubernetes: {
        patch: (path: string, change: object) => {
          excluded.push(`${path} ${JSON.stringify(change)}`);
          return Promise.resolve({});
        },
      },
      clock: { now: () => time.nowMs },
      emit: (event: RotationHappening) => events.push(event),
      lease: playedLease(),
    } as object as ActingTools,
    loadBalancers: playedLoadBalancers(groups, ofItsGroup),
    options: { nodeTimeoutMs: NODE_TIMEOUT_MS },
  } as object as Parameters<typeof excludeNodes>[0];
  return { context, events, excluded, time };
}

function leaving(number: number, isExcluded = false) {
  return {
    name: `old-${number}`,
    instanceId: `i-${number}`,
    stage: "draining",
    isExcluded,
    deadlineMs: Infinity,
    because: [] as readonly string[],
    told: "",
  };
}

describe("nodes that leave load balancers", () => {
  it("are excluded one after another, as long as another one is healthy", async () => {
    const states: Record<string, string> = { "i-1": "healthy", "i-2": "healthy", "i-3": "initial" };
    const { context, excluded } = world(states);
    const nodes = [leaving(1), leaving(2)];
    await excludeNodes(context, nodes);
    assert.deepEqual(
      nodes.map(({ isExcluded }) => isExcluded),
      [true, false],
    );
    assert.deepEqual(excluded, [
      '/api/v1/nodes/old-1 {"metadata":{"labels":{"node.kubernetes.io/exclude-from-external-load-balancers":"true"}}}',
    ]);
    states["i-3"] = "healthy";
    await excludeNodes(context, nodes);
    assert.deepEqual(
      nodes.map(({ isExcluded }) => isExcluded),
      [true, true],
    );
    await excludeNodes(context, nodes);
    assert.equal(excluded.length, 2, "once each");
  });

  it("wait for whoever registered them, then for the deregistration delay, with one deadline from the start", async () => {
    const states: Record<string, string> = { "i-1": "healthy", "i-2": "healthy" };
    const { context, events, time } = world(states);
    const node = leaving(1, true);
    assert.equal(await awaitDeregistration(context, node), false);
    assert.equal(node.deadlineMs, 1_000 + NODE_TIMEOUT_MS);
    time.nowMs += 60_000;
    states["i-1"] = "draining";
    assert.equal(await awaitDeregistration(context, node), false);
    assert.equal(node.deadlineMs, 1_000 + NODE_TIMEOUT_MS + 3_600_000);
    time.nowMs += 60_000;
    delete states["i-1"];
    assert.equal(await awaitDeregistration(context, node), true);
    assert.deepEqual(events, [
      {
        type: "deregistering",
        node: "old-1",
        because: ["target group web has i-1, and nobody takes it out; deregister it there"],
      },
      {
        type: "deregistering",
        node: "old-1",
        because: ["the deregistration delay of target group web runs"],
      },
    ]);
  });

  it("say so where one is the only healthy one, which nobody may take out", async () => {
    const { context } = world({ "i-1": "healthy" });
    const node = leaving(1);
    assert.equal(await awaitDeregistration(context, node), false);
    assert.deepEqual(node.because, [
      "i-1 is the only healthy one of target group web; see that new workers are registered there",
    ]);
  });

  it("have no more time because what they wait for reads otherwise", async () => {
    const { context, events, time } = world({ "i-1": "healthy" });
    const node = leaving(1);
    await awaitDeregistration(context, node);
    time.nowMs += 60_000;
    node.isExcluded = true;
    await awaitDeregistration(context, node);
    assert.deepEqual([events.length, node.deadlineMs], [2, 1_000 + NODE_TIMEOUT_MS]);
  });

  it("need not wait where their Auto Scaling group takes them out itself", async () => {
    const { context, events } = world({ "i-1": "healthy", "i-2": "healthy" }, ["arn:web"]);
    assert.equal(await awaitDeregistration(context, leaving(1, true)), true);
    assert.deepEqual(events, []);
  });
});
