import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { isListening } from "../../../sandbox/egress/podPorts";

/** A pod of one container, web, with ports 8080 (TCP) and 53 (UDP). */
function podWith(state: object, phase = "Running"): V1Pod {
  return {
    spec: {
      containers: [{ name: "web", ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: "UDP" }] }],
    },
    status: {
      phase,
      containerStatuses: [{ name: "web", image: "", imageID: "", ready: true, restartCount: 0, state }],
    },
  };
}

const RUNNING = { running: { startedAt: new Date(0) } };

describe("what listens in a pod", () => {
  it("is what its running containers declare for TCP", () => {
    const pod = podWith(RUNNING);
    assert.deepEqual(
      [8080, 53, 9999].map((port) => isListening(pod, port)),
      [true, false, false],
    );
  });

  it("is nothing while its container crash-loops", () => {
    assert.equal(
      isListening(podWith({ running: null, waiting: { reason: "CrashLoopBackOff" } }), 8080),
      false,
    );
  });

  it("is nothing of a pod that has not started or has ended", () => {
    assert.equal(isListening(podWith({ waiting: { reason: "ContainerCreating" } }, "Pending"), 8080), false);
    assert.equal(isListening(podWith(RUNNING, "Succeeded"), 8080), false);
  });
});
