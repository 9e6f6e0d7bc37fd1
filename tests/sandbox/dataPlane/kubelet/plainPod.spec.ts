import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { plainContainers, runningStatus } from "../../../../sandbox/dataPlane/kubelet/plainPod";

const plain = {
  metadata: { name: "web", annotations: { team: "shop" } },
  spec: { containers: [{ name: "app", image: "app:1" }, { name: "proxy" }] },
} satisfies V1Pod;

describe("a plain pod", () => {
  it("has containers and nothing before, beside or after them", () => {
    assert.deepEqual(plainContainers(plain), [
      { name: "app", image: "app:1" },
      { name: "proxy", image: "" },
    ]);
  });

  const others: Readonly<Record<string, V1Pod>> = {
    "says how it behaves": { ...plain, metadata: { annotations: { "sandbox/ready-after": "3s" } } },
    "is on the host's network": { ...plain, spec: { ...plain.spec, hostNetwork: true } },
    "has an init container": { ...plain, spec: { ...plain.spec, initContainers: [{ name: "first" }] } },
    "has a readiness gate": { ...plain, spec: { ...plain.spec, readinessGates: [{ conditionType: "lb" }] } },
  };
  for (const [what, pod] of Object.entries(others)) {
    it(`is none that ${what}`, () => {
      assert.equal(plainContainers(pod), undefined);
    });
  }

  it("is Running and Ready from the moment at which it has its address", () => {
    const now = "2026-01-02T03:04:05Z";
    const status = runningStatus([{ name: "app", image: "app:1" }], {
      address: "10.0.0.9",
      hostIp: "10.0.0.4",
      now,
    });
    assert.deepEqual(
      [status.phase, status.podIP, status.podIPs, status.hostIP],
      ["Running", "10.0.0.9", [{ ip: "10.0.0.9" }], "10.0.0.4"],
    );
    assert.deepEqual(
      status.conditions.map(({ type, status: value }) => `${type} ${value}`),
      ["PodReadyToStartContainers True", "Initialized True", "Ready True", "ContainersReady True"],
    );
    assert.deepEqual(status.containerStatuses, [
      {
        name: "app",
        image: "app:1",
        imageID: "",
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now }, waiting: null },
      },
    ]);
  });
});
