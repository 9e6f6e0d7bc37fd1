import assert from "node:assert/strict";
import type { Kubernetes } from "../../../automation/kubernetes";
import { ownersIn } from "../../../automation/rotation/owners";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { webPod, webPods } from "../../planning/rotation/builders";
import { playedWatch } from "./playedWatch";

/** The ReplicaSet `web`, which had three ready pods, and wants as many as are told. */
function world(pods: readonly ClusterPod[], replicas: number) {
  const asked: string[] = [];
  const time = { ms: 0 };
  const kubernetes = {
    get: (path: string) => {
      asked.push(path);
      return Promise.resolve({ metadata: { name: "web" }, spec: { replicas } });
    },
  } as object as Kubernetes;
  const clock = { now: () => time.ms, sleep: () => Promise.reject(new Error("it waits")) };
  const owners = ownersIn({ kubernetes, clock }, playedWatch({ pods }));
  const promise = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "shop", name: "web", ready: 3 };
  return { owners, promise, asked, time };
}

describe("the owners of moved pods", () => {
  it("have all when as many pods are ready as before, which costs no request", async () => {
    const { owners, promise, asked } = world(webPods(3, "new-1"), 3);
    assert.equal(owners.hasAll(promise), true);
    assert.equal(await owners.unready(promise), undefined);
    assert.deepEqual(asked, []);
  });

  it("wait for none that left other nodes later", () => {
    const pods = webPods(3, "new-1");
    const { owners, promise } = world(pods, 3);
    const [one = webPod, two = webPod, three = webPod] = pods;
    const put = (...now: ClusterPod[]) => pods.splice(0, pods.length, ...now);
    put(one, two);
    assert.equal(owners.hasAll(promise), false, "the third is not made yet");
    put(one, two, { ...three, isReady: false });
    assert.equal(owners.hasAll(promise), false);
    put(one, { ...two, isTerminating: true }, three);
    assert.equal(owners.hasAll(promise), true, "two was told to end while three was awaited");
  });

  it("are asked what they want when they were short of pods for a while, and now and then from there on", async () => {
    const { owners, promise, asked, time } = world(webPods(2, "new-1"), 5);
    assert.equal(owners.hasAll(promise), false);
    for (time.ms = 0; time.ms < 2_000; time.ms += 500) {
      assert.deepEqual(await owners.unready(promise), {
        owner: "shop/ReplicaSet/web",
        ready: 2,
        wanted: 3,
        unschedulable: [],
        kept: [],
      });
    }
    assert.deepEqual(asked, []);
    for (time.ms = 2_000; time.ms < 4_000; time.ms += 500) await owners.unready(promise);
    assert.deepEqual(asked, ["/apis/apps/v1/namespaces/shop/replicasets/web"]);
  });

  it("that want fewer by now have all after that while, and at once where they have none", async () => {
    const few = world(webPods(2, "new-1"), 2);
    assert.notEqual(await few.owners.unready(few.promise), undefined);
    few.time.ms = 2_000;
    assert.equal(await few.owners.unready(few.promise), undefined);
    const none = world([], 0);
    assert.equal(await none.owners.unready(none.promise), undefined);
  });
});
