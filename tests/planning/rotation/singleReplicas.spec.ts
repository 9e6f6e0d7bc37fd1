import assert from "node:assert/strict";
import {
  deploymentOf,
  restartable,
  startsNewPodFirst,
  type Deployment,
} from "../../../planning/rotation/singleReplicas";
import { webPod } from "./builders";

const deployment: Deployment = {
  namespace: "shop",
  name: "web",
  replicas: 1,
  isPaused: false,
  strategy: "RollingUpdate",
  maxUnavailable: "25%",
  maxSurge: "25%",
  hasClaims: false,
};

describe("a rolling restart of one replica", () => {
  for (const [title, given, isFirst] of [
    ["by default", {}, true],
    ["with no pod that may be missing", { maxUnavailable: 0, maxSurge: 1 }, true],
    ["with one that may be missing", { maxUnavailable: 1 }, false],
    ["with all that may be missing", { maxUnavailable: "100%" }, false],
    ["with none besides", { maxUnavailable: 0, maxSurge: 0 }, false],
    ["with none besides in percent", { maxSurge: "0%" }, false],
    ["of Recreate", { strategy: "Recreate" }, false],
    ["of two replicas", { replicas: 2 }, false],
    ["of none", { replicas: 0 }, false],
    ["of one that is paused", { isPaused: true }, false],
    ["with a volume by a claim", { hasClaims: true }, false],
  ] as const) {
    it(`${title} ${isFirst ? "starts" : "does not start"} the new pod first`, () => {
      assert.equal(startsNewPodFirst({ ...deployment, ...given }), isFirst);
    });
  }

  const pod = {
    ...webPod,
    labels: { ...webPod.labels, "pod-template-hash": "6d4cf56db6" },
    controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-6d4cf56db6", uid: "rs-1" },
  };

  it("is of the Deployment that the ReplicaSet has its name from", () => {
    assert.equal(deploymentOf(pod), "web");
    assert.equal(deploymentOf({ ...pod, labels: {} }), undefined);
    assert.equal(deploymentOf({ ...pod, labels: { "pod-template-hash": "another" } }), undefined);
    assert.equal(deploymentOf({ ...pod, controller: { ...pod.controller, kind: "StatefulSet" } }), undefined);
  });

  it("moves the pods of such Deployments of their namespace, and no others", () => {
    assert.deepEqual([...restartable([pod], [deployment])], [["rs-1", deployment]]);
    assert.deepEqual([...restartable([pod], [{ ...deployment, namespace: "other" }])], []);
    assert.deepEqual([...restartable([pod], [{ ...deployment, replicas: 2 }])], []);
    assert.deepEqual([...restartable([{ ...pod, labels: {} }], [deployment])], []);
  });
});
