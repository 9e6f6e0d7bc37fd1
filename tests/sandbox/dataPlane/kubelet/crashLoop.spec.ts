import assert from "node:assert/strict";
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { nextTurn } from "../../../../sandbox/dataPlane/kubelet/crashLoop";

const at = (seconds: number) => new Date(seconds * 1000);

function pod(
  status: Partial<V1ContainerStatus>,
  facts: { restartPolicy?: string; phase?: string } = {},
): V1Pod {
  const { restartPolicy = "Always", phase = "Running" } = facts;
  return {
    metadata: { name: "web", namespace: "shop", uid: "u", annotations: { "sandbox/crash-after": "3s" } },
    spec: { containers: [], restartPolicy },
    status: {
      phase,
      containerStatuses: [
        { name: "main", image: "web", imageID: "", ready: true, restartCount: 0, ...status },
      ],
    },
  };
}

const running = (restartCount: number) => pod({ restartCount, state: { running: { startedAt: at(100) } } });
const waiting = (restartCount: number) =>
  pod({
    restartCount,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: { exitCode: 1, finishedAt: at(100) } },
  });

/** The one container of what a turn writes. */
function written(given: V1Pod, pace = 1): V1ContainerStatus {
  const status = nextTurn(given, pace)?.status("2026-01-01T00:00:00Z") as V1Pod["status"];
  const [container] = status?.containerStatuses ?? [];
  if (container === undefined) throw new Error("no turn");
  return container;
}

describe("a pod that crash-loops", () => {
  it("ends as long after each start as it says", () => {
    assert.equal(nextTurn(running(0), 1)?.atMs, 103_000);
    assert.equal(nextTurn(running(7), 0.1)?.atMs, 103_000);
  });

  it("is started again at once the first time, and waits from the second on", () => {
    const first = written(running(0));
    assert.equal(first.restartCount, 1);
    assert.deepEqual(first.state?.running, { startedAt: "2026-01-01T00:00:00Z" });
    assert.equal(first.lastState?.terminated?.exitCode, 1);
    const second = written(running(1));
    assert.deepEqual([second.restartCount, second.ready], [1, false]);
    assert.deepEqual(second.state?.waiting, {
      reason: "CrashLoopBackOff",
      message: "back-off 10s restarting failed container=main pod=web_shop(u)",
    });
  });

  it("waits twice as long each time, and never longer than five minutes; the pace counts", () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map(
      (restarts) => (nextTurn(waiting(restarts), 1)?.atMs ?? 0) / 1000 - 100,
    );
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 300, 300]);
    assert.equal(nextTurn(waiting(2), 0.1)?.atMs, 102_000);
    assert.equal(written(waiting(4)).restartCount, 5);
  });

  it("has failed with restartPolicy Never", () => {
    const never = pod({ state: { running: { startedAt: at(100) } } }, { restartPolicy: "Never" });
    const status = nextTurn(never, 1)?.status("now") as V1Pod["status"];
    assert.equal(status?.phase, "Failed");
    assert.equal(status.containerStatuses?.[0]?.state?.terminated?.exitCode, 1);
  });

  it("is nobody's business before it runs", () => {
    assert.equal(nextTurn(pod({}, { phase: "Pending" }), 1), undefined);
    assert.equal(nextTurn(pod({ state: { waiting: { reason: "ContainerCreating" } } }), 1), undefined);
  });
});
