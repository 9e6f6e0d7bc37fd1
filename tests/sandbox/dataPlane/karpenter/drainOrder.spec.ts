import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { nextOfDrain } from "../../../../sandbox/dataPlane/karpenter/drainOrder";

const NOW = Date.parse("2026-01-31T12:00:00Z");

function pod(name: string, metadata: object = {}, spec: object = {}, phase = "Running"): V1Pod {
  return {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: "main" }], ...spec },
    status: { phase },
  };
}

/** The steps as `evict web` or `delete web 20`. */
function steps(pods: readonly V1Pod[], deadlineMs?: number): string[] {
  return nextOfDrain(pods, deadlineMs, NOW).steps.map((step) =>
    [step.kind, step.pod.metadata?.name, ...(step.kind === "delete" ? [step.gracePeriodSeconds] : [])].join(
      " ",
    ),
  );
}

describe("what Karpenter drains", () => {
  const daemon = { ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: "1" }] };
  const critical = { priorityClassName: "system-cluster-critical" };
  const web = pod("web");
  const agent = pod("agent", daemon);
  const dns = pod("dns", {}, critical);
  const proxy = pod("proxy", daemon, critical);

  it("goes in four tiers, each after the ones before", () => {
    assert.deepEqual(steps([proxy, dns, agent, web]), ["evict web"]);
    assert.deepEqual(steps([proxy, dns, agent]), ["evict agent"]);
    assert.deepEqual(steps([proxy, dns]), ["evict dns"]);
    assert.deepEqual(steps([proxy]), ["evict proxy"]);
    assert.deepEqual(nextOfDrain([], undefined, NOW), { steps: [], isDone: true });
  });

  it("waits for pods of a tier that are ending, and not for those that are long overdue", () => {
    const ending = pod("web", { deletionTimestamp: new Date(NOW + 5_000) });
    assert.deepEqual(nextOfDrain([ending, dns], undefined, NOW), { steps: [], isDone: false });
    const stuck = pod("web", { deletionTimestamp: new Date(NOW - 61_000) });
    assert.deepEqual(steps([stuck, dns]), ["evict dns"]);
  });

  it("leaves alone what tolerates the taint, what has ended and what is static, and is done without them", () => {
    const left = [
      pod("proxy", daemon, { tolerations: [{ operator: "Exists" }] }),
      pod("job", {}, {}, "Succeeded"),
      pod("static", { annotations: { "kubernetes.io/config.mirror": "1" } }),
    ];
    assert.deepEqual(nextOfDrain(left, undefined, NOW), { steps: [], isDone: true });
  });

  it("waits for ever for a pod that is not to be disrupted, unless there is a deadline", () => {
    const kept = pod("web", { annotations: { "karpenter.sh/do-not-disrupt": "true" } });
    assert.deepEqual(nextOfDrain([kept], undefined, NOW), { steps: [], isDone: false });
    assert.deepEqual(steps([kept], NOW + 31_000), []);
    assert.deepEqual(steps([kept], NOW + 30_000), ["delete web 30"]);
  });

  it("deletes pods of all tiers so early that their grace periods end by the deadline, with a second at least", () => {
    const slow = pod("dns", {}, { ...critical, terminationGracePeriodSeconds: 600 });
    assert.deepEqual(steps([slow, web], NOW + 90_000), ["delete dns 90", "evict web"]);
    assert.deepEqual(steps([web], NOW - 5_000), ["delete web 1"]);
  });
});
