import assert from "node:assert/strict";
import { KubernetesError } from "../../../automation/kubernetes";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import { restartsBy, slimDeployment } from "../../../automation/rotation/singleReplicas";
import { webPod } from "../../planning/rotation/builders";
import { playedLease } from "./playedLease";

const pod = {
  ...webPod,
  labels: { "pod-template-hash": "6d4c" },
  controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-6d4c", uid: "rs-1" },
};
const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
const revision = (of: string) => ({ "deployment.kubernetes.io/revision": of });

/** A Deployment of one replica, as the API server has it at the moment; it is listed as it was at first. */
function world() {
  const deployment = {
    metadata: { name: "web", namespace: "shop", generation: 4, annotations: revision("2") },
    spec: { replicas: 1 },
    status: { observedGeneration: 4 },
  };
  const asListed = structuredClone(deployment);
  const found: { deployment: typeof deployment | undefined } = { deployment };
  const patches: unknown[] = [];
  const events: RotationHappening[] = [];
  const kubernetes = {
    list: (_: string, slim: (object: typeof deployment) => unknown) => Promise.resolve([slim(asListed)]),
    get: (path: string) => {
      if (path.includes("replicasets")) return Promise.resolve({ metadata: { annotations: revision("2") } });
      return found.deployment === undefined
        ? Promise.reject(new KubernetesError(path, 404, "not found"))
        : Promise.resolve(found.deployment);
    },
    patch: (path: string, change: unknown) => {
      patches.push([path, change]);
      return Promise.resolve({});
    },
  };
  const tools = {
    kubernetes,
    ...{ clock: { now: () => 0 }, lease: playedLease() },
    emit: (event: RotationHappening) => events.push(event),
  } as object as ActingTools;
  return {
    restarts: restartsBy(tools),
    deployment,
    found,
    patches,
    events,
  };
}

describe("a Deployment of one replica whose node is drained", () => {
  it("is restarted once, as kubectl rollout restart does it", async () => {
    const { restarts, patches, events } = world();
    await restarts.look([pod]);
    assert.deepEqual([...restarts.restarted], ["rs-1"]);
    await restarts.restart([pod]);
    await restarts.restart([pod]);
    const annotations = { "kubectl.kubernetes.io/restartedAt": "1970-01-01T00:00:00.000Z" };
    assert.deepEqual(patches, [[PATH, { spec: { template: { metadata: { annotations } } } }]]);
    assert.deepEqual(events, [{ type: "restarted", node: "old-1", deployment: "shop/web" }]);
  });

  it("is not restarted where a roll-out replaces its pod already, such as that of an earlier process", async () => {
    const { restarts, deployment, patches } = world();
    await restarts.look([pod]);
    deployment.metadata.annotations = revision("3");
    await restarts.restart([pod]);
    assert.deepEqual(patches, []);
    assert.deepEqual([...restarts.restarted], ["rs-1"], "it leaves by that roll-out, and is not evicted");
  });

  it("is looked at again where its controller has not seen its last change", async () => {
    const { restarts, deployment, patches } = world();
    await restarts.look([pod]);
    deployment.status.observedGeneration = 3;
    await restarts.restart([pod]);
    assert.deepEqual(patches, []);
    deployment.status.observedGeneration = 4;
    await restarts.restart([pod]);
    assert.equal(patches.length, 1);
  });

  it("has its pod evicted like others once it has two replicas, or is gone", async () => {
    const scaled = world();
    await scaled.restarts.look([pod]);
    scaled.deployment.spec.replicas = 2;
    await scaled.restarts.restart([pod]);
    assert.deepEqual([scaled.patches, [...scaled.restarts.restarted]], [[], []]);

    const deleted = world();
    await deleted.restarts.look([pod]);
    deleted.found.deployment = undefined;
    await deleted.restarts.restart([pod]);
    assert.deepEqual(deleted.patches, []);
  });

  it("is left alone where its pod serves nobody", async () => {
    const { restarts, patches } = world();
    await restarts.look([pod]);
    await restarts.restart([{ ...pod, isReady: false }]);
    assert.deepEqual(patches, []);
  });
});

describe("a Deployment, made slim", () => {
  it("has the API server's defaults", () => {
    assert.deepEqual(slimDeployment({ metadata: { name: "web", namespace: "shop" } }), {
      namespace: "shop",
      name: "web",
      replicas: 1,
      isPaused: false,
      strategy: "RollingUpdate",
      maxUnavailable: "25%",
      maxSurge: "25%",
      hasClaims: false,
    });
  });

  it("keeps what decides about a restart", () => {
    const rollingUpdate = { maxUnavailable: 0, maxSurge: 2 };
    const volumes = [{ persistentVolumeClaim: { claimName: "data" } }];
    const spec = { replicas: 3, paused: true, strategy: { type: "Recreate", rollingUpdate } };
    assert.deepEqual(
      slimDeployment({
        metadata: { name: "web", namespace: "shop" },
        spec: { ...spec, template: { spec: { volumes } } },
      }),
      {
        namespace: "shop",
        name: "web",
        replicas: 3,
        isPaused: true,
        strategy: "Recreate",
        maxUnavailable: 0,
        maxSurge: 2,
        hasClaims: true,
      },
    );
  });
});
