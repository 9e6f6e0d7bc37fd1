import assert from "node:assert/strict";
import { CANARY_PATH, canaryPod, startCanary, type CanaryPod } from "../../automation/canaryPod";
import type { Clock } from "../../automation/clock";
import { KubernetesError, type Kubernetes } from "../../automation/kubernetes";

const pod = canaryPod("new-1", "coredns", 600);
const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
const { signal } = new AbortController();

/** A cluster that has such a pod, until it was deleted as often as that takes. */
function clusterWith(there: CanaryPod, deletions: number) {
  const done: string[] = [];
  const kubernetes = {
    create: () => {
      done.push("create");
      return deletions > 0
        ? Promise.reject(new KubernetesError(CANARY_PATH, 409, "already exists"))
        : Promise.resolve(pod);
    },
    get: () => Promise.resolve(there),
    delete: () => {
      done.push("delete");
      deletions -= 1;
      return Promise.resolve();
    },
  } as unknown as Pick<Kubernetes, "create" | "get" | "delete">;
  return { done, kubernetes };
}

const elsewhere: CanaryPod = { ...pod, spec: { nodeName: "gone-1" } };

describe("the pod that the control plane is to reach", () => {
  it("takes the place of another run's, once that has gone", async () => {
    const { done, kubernetes } = clusterWith(elsewhere, 2);
    const onInTheWay = () => void done.push("in the way");
    await startCanary(kubernetes, pod, { clock, signal, onInTheWay });
    assert.deepEqual(done, [
      ...["create", "delete", "in the way"],
      ...["create", "delete", "in the way"],
      "create",
    ]);
  });

  it("is not waited for without end where another run's never goes", async () => {
    const { kubernetes } = clusterWith(elsewhere, Infinity);
    const onInTheWay = () => {
      throw new Error("too long");
    };
    await assert.rejects(startCanary(kubernetes, pod, { clock, signal, onInTheWay }), {
      message: "too long",
    });
  });

  it("is another run's where that is on the same node", async () => {
    const { done, kubernetes } = clusterWith(pod, Infinity);
    await startCanary(kubernetes, pod, { clock, signal, onInTheWay: () => undefined });
    assert.deepEqual(done, ["create"]);
  });
});
