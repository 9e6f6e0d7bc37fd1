import assert from "node:assert/strict";
import { NO_ADDRESS, SandboxFailures } from "../../../../sandbox/dataPlane/kubelet/sandboxFailures";

const pod = { uid: "u", namespace: "shop", name: "web" };

/** A kubelet, a clock, and what it has asked of the API server. */
function kubelet(pace = 1) {
  const calls: { method: string; path: string; body: Record<string, unknown> }[] = [];
  const clock = { now: 1_000_000 };
  const note = <T>(method: string, path: string, body: unknown) => {
    calls.push({ method, path, body: body as Record<string, unknown> });
    return Promise.resolve({} as T);
  };
  const failures = new SandboxFailures("node", {
    api: {
      call: (method, path, body) => note(method, path, body),
      patch: (path, _type, body) => note("PATCH", path, body),
    },
    pace,
    now: () => clock.now,
  });
  return { calls, clock, failures };
}

describe("Events of pods without an address", () => {
  it("are one, which is counted up ever more rarely", async () => {
    const { calls, clock, failures } = kubelet();
    const after = async (seconds: number) => {
      clock.now += seconds * 1000;
      await failures.tell([pod], NO_ADDRESS);
    };
    await after(0);
    await after(14);
    assert.equal(calls.length, 1);
    await after(1);
    await after(29);
    assert.deepEqual(
      calls.map(({ method, body }) => [method, body.count]),
      [
        ["POST", 1],
        ["PATCH", 2],
      ],
    );
    await after(1);
    assert.equal(calls[2]?.body.count, 3);
    assert.equal(calls[2].path, calls[1]?.path);
  });

  it("begin anew for a pod that had an address in between, and follow the pace", async () => {
    const { calls, clock, failures } = kubelet(0.1);
    await failures.tell([pod], NO_ADDRESS);
    await failures.tell([], NO_ADDRESS);
    await failures.tell([pod], NO_ADDRESS);
    clock.now += 1_500;
    await failures.tell([pod], NO_ADDRESS);
    assert.deepEqual(
      calls.map(({ method }) => method),
      ["POST", "POST", "PATCH"],
    );
  });
});
