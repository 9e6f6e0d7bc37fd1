import assert from "node:assert/strict";
import { KubernetesError, type Answer } from "../../../automation/kubernetes";
import { evictionsOf, type EvictionOptions } from "../../../automation/rotation/evictions";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { webBudget, webPod, webPods } from "../../planning/rotation/builders";

const GRANTED: Answer = { status: 201, message: "" };
const UNAVAILABLE: Answer = { status: 503, message: "the server is at its end" };
const TOO_MANY: Answer = { status: 429, message: "too many requests", retryAfterSeconds: 5 };

/** Evictions against an API server that answers each as a function says, or holds the answers back. */
function world(answer: (pod: string) => Answer | Promise<Answer>, options: EvictionOptions = {}) {
  const asked: (readonly [pod: string, gracePeriodSeconds: number | undefined])[] = [];
  const events: RotationHappening[] = [];
  const stopped = new AbortController();
  const time = { ms: 0 };
  const lease = { asserted: 0, isLost: false };
  const evictions = evictionsOf(
    {
      kubernetes: {
        evict: (pod: ClusterPod, _: number, gracePeriodSeconds?: number) => {
          asked.push([pod.name, gracePeriodSeconds]);
          return Promise.resolve(answer(pod.name));
        },
      },
      clock: { now: () => time.ms },
      signal: stopped.signal,
      emit: (event: RotationHappening) => events.push(event),
      lease: {
        assertHeld: () => {
          lease.asserted += 1;
          return lease.isLost ? Promise.reject(new Error("the lease is another's")) : Promise.resolve();
        },
      },
    } as object as ActingTools,
    options,
  );
  /** One turn, and the answers to it. */
  const turn = async (pods: readonly ClusterPod[], budgets = [{ ...webBudget, disruptionsAllowed: 100 }]) => {
    const before = asked.length;
    const waiting = await evictions.next(pods, budgets);
    await evictions.finished();
    return {
      asked: asked.slice(before).map(([pod]) => pod),
      waiting: waiting.map(({ pod, because }) => `${pod.name}: ${because}`),
    };
  };
  return { evictions, asked, events, stopped, time, lease, turn };
}

describe("the evictions of a run", () => {
  it("end the run by the next turn where one could not even be asked for", async () => {
    const { turn } = world(() => Promise.reject(new Error("no such certificate")));
    assert.deepEqual((await turn([webPod])).asked, ["web-1"]);
    await assert.rejects(turn([webPod]), /^Error: no such certificate$/);
  });

  it("are asked for once, also while neither pod nor budget shows it", async () => {
    const { turn, time, events } = world(() => GRANTED);
    assert.deepEqual((await turn([webPod])).asked, ["web-1"]);
    assert.deepEqual(await turn([webPod]), {
      asked: [],
      waiting: ["web-1: its eviction was asked for"],
    });
    assert.deepEqual(events, [{ type: "evicted", node: "old-1", pod: "shop/web-1" }]);
    // What a granted eviction does is seen within two seconds, or it did nothing.
    time.ms = 2_000;
    assert.deepEqual((await turn([webPod])).asked, []);
    time.ms = 2_001;
    assert.deepEqual((await turn([webPod])).asked, ["web-1"]);
  });

  it("spend no budget twice that does not count yet what it has granted", async () => {
    const { turn } = world(() => GRANTED);
    const [one = webPod, two = webPod] = webPods(2, "old-1");
    const budget = { ...webBudget, disruptionsAllowed: 1 };
    assert.deepEqual((await turn([one, two], [budget])).asked, [one.name]);
    const ending = { ...one, isTerminating: true };
    assert.deepEqual((await turn([ending, two], [budget])).asked, [], "the budget is as before");
    const counted = { ...budget, disruptedPods: [one.name] };
    assert.deepEqual((await turn([ending, two], [counted])).asked, [two.name]);
  });

  it("spend a budget again that has counted them for a moment, which nobody looked at", async () => {
    const { evictions, turn } = world(() => GRANTED);
    const [one = webPod, two = webPod] = webPods(2, "old-1");
    const budget = { ...webBudget, disruptionsAllowed: 1 };
    await turn([one, two], [budget]);
    const ending = { ...one, isTerminating: true };
    evictions.hear({ ...budget, namespace: "other", disruptedPods: [one.name] });
    assert.deepEqual((await turn([ending, two], [budget])).asked, [], "that was another pod of this name");
    evictions.hear({ ...budget, disruptionsAllowed: 0, disruptedPods: [one.name] });
    assert.deepEqual((await turn([ending, two], [budget])).asked, [two.name]);
  });

  it("let a pod be that was refused, for twice as long each time, up to half a minute", async () => {
    const { turn, time, events } = world(() => UNAVAILABLE);
    await turn([webPod]);
    const pauses = [];
    while (pauses.length < 7) {
      const from = time.ms;
      do time.ms += 500;
      while ((await turn([webPod])).asked.length === 0);
      pauses.push(time.ms - from);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert.deepEqual(events[0], {
      type: "evictionRefused",
      node: "old-1",
      pod: "shop/web-1",
      because: "the server is at its end",
    });
  });

  it("say why a pod waits that was refused", async () => {
    const { turn } = world(() => UNAVAILABLE);
    await turn([webPod]);
    assert.deepEqual(await turn([webPod]), { asked: [], waiting: ["web-1: the server is at its end"] });
  });

  it("are over for a pod that is gone, and tell of no eviction", async () => {
    const { turn, events } = world(() => ({ status: 404, message: "not found" }));
    await turn([webPod]);
    assert.deepEqual((await turn([webPod])).asked, []);
    assert.deepEqual(events, []);
  });

  it("end the run for what no time heals", async () => {
    const { turn } = world(() => ({ status: 403, message: 'pods "web-1" is forbidden: User "ci" cannot' }));
    await turn([webPod]);
    await assert.rejects(
      turn([webPod]),
      (error) =>
        error instanceof KubernetesError &&
        error.status === 403 &&
        error.message.includes("eviction of shop/web-1"),
    );
  });

  it("give pods the time that was asked for", async () => {
    const { turn, asked } = world(() => GRANTED, { gracePeriodSeconds: 7 });
    await turn([webPod]);
    assert.deepEqual(asked, [["web-1", 7]]);
  });

  it("are for pods alone that match, and leave those to their restart that have one", async () => {
    const other = { ...webPod, name: "api-1", uid: "uid-api", labels: { app: "api" } };
    const matching = world(() => GRANTED, { podSelector: "app=api" });
    assert.deepEqual((await matching.turn([webPod, other])).asked, ["api-1"]);
    const restarted = new Set([webPod.controller?.uid ?? ""]);
    const { turn } = world(() => GRANTED, { restarted });
    assert.deepEqual(await turn([webPod]), {
      asked: [],
      waiting: ["web-1: its workload is restarted, the new pod first"],
    });
  });

  it("look at the lease once a turn, where there is something to ask, and ask nothing without it", async () => {
    const { turn, lease, asked } = world(() => GRANTED);
    await turn(webPods(3, "old-1"));
    assert.deepEqual([lease.asserted, asked.length], [1, 3]);
    await turn(webPods(3, "old-1"));
    assert.equal(lease.asserted, 1);
    lease.isLost = true;
    await assert.rejects(turn(webPods(3, "old-2")), /another's/);
    assert.equal(asked.length, 3);
  });

  it("ask for no more than the API server bears, and for less when it has had enough", async () => {
    const { turn, time } = world(() => TOO_MANY);
    const pods = webPods(40, "old-1");
    const { asked, waiting } = await turn(pods);
    assert.equal(asked.length, 30);
    assert.equal(waiting.filter((line) => line.endsWith("takes no more requests at once")).length, 10);
    time.ms = 4_999;
    assert.deepEqual((await turn(pods)).asked, []);
    time.ms = 5_000;
    assert.equal((await turn(pods)).asked.length, 15);
  });

  it("go on with the next one as soon as one is answered, for as long as a look at the lease is good", async () => {
    const answers: ((answer: Answer) => void)[] = [];
    const { evictions, asked, time } = world(() => new Promise<Answer>((resolve) => answers.push(resolve)));
    const answered = async () => {
      answers.shift()?.(GRANTED);
      await new Promise(setImmediate);
    };
    await evictions.next(webPods(40, "old-1"), [{ ...webBudget, disruptionsAllowed: 100 }]);
    assert.equal(asked.length, 30);
    time.ms = 1_000;
    await answered();
    assert.equal(asked.length, 31);
    time.ms = 1_001;
    await answered();
    assert.equal(asked.length, 31);
  });

  it("let no pod wait longer for itself because the API server had enough", async () => {
    const { turn, time } = world(() => TOO_MANY);
    for (let times = 0; times < 5; times++) {
      assert.deepEqual((await turn([webPod])).asked, ["web-1"]);
      time.ms += 5_000;
    }
  });

  it("begin none when the run is stopped, and finish those that were begun", async () => {
    const answers: ((answer: Answer) => void)[] = [];
    const { evictions, stopped, asked, events } = world(
      () => new Promise<Answer>((resolve) => answers.push(resolve)),
    );
    const budget = { ...webBudget, disruptionsAllowed: 100 };
    await evictions.next([webPod], [budget]);
    stopped.abort(new Error("stopped by hand"));
    await assert.rejects(evictions.next(webPods(1, "old-2"), [budget]), /stopped by hand/);
    assert.equal(asked.length, 1);
    const finished = evictions.finished();
    assert.deepEqual(events, []);
    answers[0]?.(GRANTED);
    await finished;
    assert.deepEqual(events, [{ type: "evicted", node: "old-1", pod: "shop/web-1" }]);
  });

  it("wait for a pod that is ending, and say who keeps it", async () => {
    const { turn } = world(() => GRANTED);
    const ending = { ...webPod, isTerminating: true, endsBy: "2026-01-01T00:00:30Z" };
    assert.deepEqual((await turn([ending])).waiting, [
      "web-1: it is terminating, to be gone by 2026-01-01T00:00:30Z",
    ]);
    assert.deepEqual((await turn([{ ...ending, finalizers: ["mesh.example.com/deregister"] }])).waiting, [
      "web-1: it is terminating, to be gone by 2026-01-01T00:00:30Z; it goes when whoever set the finalizer mesh.example.com/deregister takes it away",
    ]);
  });
});
