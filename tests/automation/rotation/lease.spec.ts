import assert from "node:assert/strict";
import type { Clock } from "../../../automation/clock";
import { KubernetesError, type ApiObject, type Kubernetes } from "../../../automation/kubernetes";
import { acquireLease, askForPause, LeaseHeldError } from "../../../automation/rotation/lease";

interface Lease extends ApiObject {
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string };
}

/** An API server that knows one lease; each write gives it a new resourceVersion. */
function leaseServer(holderIdentity: string, renewTime: string) {
  let version = 1;
  let lease: Lease = { metadata: { name: "l", resourceVersion: "1" }, spec: { holderIdentity, renewTime } };
  const write = (next: Lease) => {
    version += 1;
    lease = { ...next, metadata: { ...next.metadata, resourceVersion: String(version) } };
  };
  const kubernetes = {
    get: () => Promise.resolve(lease),
    patch: (path: string, { metadata }: ApiObject) => {
      if (metadata.resourceVersion !== String(version))
        return Promise.reject(new KubernetesError(path, 409, "another wrote it"));
      write({ ...lease, metadata: { ...lease.metadata, ...metadata } });
      return Promise.resolve(lease);
    },
    replace: (path: string, next: Lease) => {
      if (next.metadata.resourceVersion !== String(version))
        return Promise.reject(new KubernetesError(path, 409, "another wrote it"));
      write(next);
      return Promise.resolve(lease);
    },
  } as Partial<Kubernetes> as Kubernetes;
  return { kubernetes, read: () => lease, write };
}

describe("the lease of a rotation", () => {
  const NOW = Date.parse("2026-01-01T12:00:00Z");

  /** Acquires it; each look at it is half a second after the one before. */
  const acquire = async (server: ReturnType<typeof leaseServer>, atEachLook: (sinceMs: number) => void) => {
    const { signal } = new AbortController();
    let now = NOW;
    const clock: Clock = {
      now: () => now,
      sleep: (milliseconds, ending) => {
        if (ending === signal) {
          now += milliseconds;
          atEachLook(now - NOW);
          return Promise.resolve();
        }
        // Renewals: not within this test.
        return new Promise((_, reject) => {
          ending?.addEventListener("abort", () => {
            reject(new Error("released"));
          });
        });
      },
    };
    const events: string[] = [];
    const emit = ({ type }: { readonly type: string }) => {
      events.push(type);
    };
    const lease = await acquireLease(server.kubernetes, { holder: "me", clock, signal, emit });
    await lease.assertHeld();
    const heldBy = server.read().spec.holderIdentity;
    await lease.release();
    return { tookMs: now - NOW, events, heldBy };
  };

  it("is taken at once where nobody holds it", async () => {
    const { tookMs, events, heldBy } = await acquire(leaseServer("", ""), () => undefined);
    assert.deepEqual([tookMs, events, heldBy], [0, [], "me"]);
  });

  it("is left to a live holder whose clock is an hour behind", async () => {
    const server = leaseServer("other", "2026-01-01T11:00:00.000000Z");
    const renewing = (sinceMs: number) => {
      if (sinceMs === 5_000) {
        const renewed = {
          ...server.read(),
          spec: { ...server.read().spec, renewTime: "2026-01-01T11:00:05Z" },
        };
        server.write(renewed);
      }
    };
    await assert.rejects(
      acquire(server, renewing),
      (error) => error instanceof LeaseHeldError && error.holder === "other",
    );
    assert.equal(server.read().spec.holderIdentity, "other");
  });

  it("is taken from a holder that does not renew it for its 15 seconds, whatever time it wrote", async () => {
    for (const renewTime of ["2026-01-01T11:00:00Z", "2026-01-01T13:00:00Z"]) {
      const { tookMs, events, heldBy } = await acquire(leaseServer("dead", renewTime), () => undefined);
      assert.deepEqual([tookMs, events, heldBy], [15_000, ["leaseAwaited"], "me"]);
    }
  });
});

describe("a pause that is asked for", () => {
  const NOW = Date.parse("2026-01-01T12:00:00Z");
  const PAUSE = "eks-pod-network.io/pause";

  /** Asks for it; each look is half a second after the one before. */
  const ask = async (server: ReturnType<typeof leaseServer>, atEachLook: (sinceMs: number) => void) => {
    let now = NOW;
    const clock: Clock = {
      now: () => now,
      sleep: (milliseconds) => {
        now += milliseconds;
        atEachLook(now - NOW);
        return Promise.resolve();
      },
    };
    const holder = await askForPause(server.kubernetes, { clock, signal: new AbortController().signal });
    return { holder, tookMs: now - NOW };
  };
  const renew = (server: ReturnType<typeof leaseServer>, renewTime: string) => {
    server.write({ ...server.read(), spec: { ...server.read().spec, renewTime } });
  };

  it("is asked of nobody where nobody holds the lease", async () => {
    const server = leaseServer("", "");
    assert.deepEqual(await ask(server, () => undefined), { holder: undefined, tookMs: 0 });
    assert.equal(server.read().metadata.annotations, undefined);
  });

  it("is known when the holder has renewed the lease with it", async () => {
    const server = leaseServer("other", "");
    const answer = await ask(server, (sinceMs) => {
      if (sinceMs === 4_000) renew(server, "later");
    });
    assert.deepEqual(answer, { holder: "other", tookMs: 4_000 });
    assert.deepEqual(server.read().metadata.annotations, { [PAUSE]: "other" });
  });

  it("is asked again where the holder was faster, or wrote over it", async () => {
    const server = leaseServer("other", "");
    const patch = server.kubernetes.patch.bind(server.kubernetes);
    let patches = 0;
    server.kubernetes.patch = (path, change) => {
      patches += 1;
      if (patches === 1) renew(server, "at the same time");
      return patch(path, change);
    };
    const answer = await ask(server, (sinceMs) => {
      if (sinceMs === 2_000) {
        const { metadata } = server.read();
        server.write({ ...server.read(), metadata: { ...metadata, annotations: {} } });
      }
      if (sinceMs === 4_000) renew(server, "later");
    });
    assert.deepEqual([answer, patches], [{ holder: "other", tookMs: 4_000 }, 3]);
  });

  it("is asked in vain of one that is dead, one that had ended, and one whose lease is another's by then", async () => {
    assert.deepEqual(await ask(leaseServer("dead", ""), () => undefined), {
      holder: undefined,
      tookMs: 15_000,
    });
    for (const holderIdentity of ["", "next"]) {
      const server = leaseServer("other", "");
      const answer = await ask(server, () => {
        const { metadata, spec } = server.read();
        server.write({ metadata: { ...metadata, annotations: {} }, spec: { ...spec, holderIdentity } });
      });
      assert.deepEqual(answer, { holder: undefined, tookMs: 500 });
    }
  });

  it("is known when the holder has paused already, and has given the lease back with it", async () => {
    const server = leaseServer("other", "");
    const answer = await ask(server, () => {
      server.write({ ...server.read(), spec: { ...server.read().spec, holderIdentity: "" } });
    });
    assert.deepEqual(answer, { holder: "other", tookMs: 500 });
  });

  it("reaches the holder with its next look at the lease, and is not for the one after it", async () => {
    const server = leaseServer("", "");
    const signal = new AbortController().signal;
    const clock: Clock = {
      now: () => NOW,
      sleep: (_, ending) =>
        new Promise((_, reject) => {
          ending?.addEventListener("abort", () => {
            reject(new Error("released"));
          });
        }),
    };
    const acquire = (holder: string) =>
      acquireLease(server.kubernetes, { holder, clock, signal, emit: () => undefined });
    const first = await acquire("first");
    await first.assertHeld();
    assert.equal(first.pauseAsked.aborted, false);
    await server.kubernetes.patch("lease", {
      metadata: {
        resourceVersion: server.read().metadata.resourceVersion,
        annotations: { [PAUSE]: "first" },
      },
    });
    await first.assertHeld();
    assert.equal(first.pauseAsked.aborted, true);
    await first.release();
    const second = await acquire("second");
    await second.assertHeld();
    assert.equal(second.pauseAsked.aborted, false);
    assert.equal(server.read().metadata.annotations, undefined);
    await second.release();
  });
});
