import assert from "node:assert/strict";
import type { Clock } from "../../../automation/clock";
import { KubernetesError, type ApiObject, type Kubernetes } from "../../../automation/kubernetes";
import { acquireLease, LeaseHeldError } from "../../../automation/rotation/lease";

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
