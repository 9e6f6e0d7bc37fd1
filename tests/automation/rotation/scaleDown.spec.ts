import assert from "node:assert/strict";
import type { Kubernetes } from "../../../automation/kubernetes";
import { KubernetesError } from "../../../automation/kubernetesError";
import {
  allowScaleDown,
  isKeptFromScaleDown,
  keepFromScaleDown,
} from "../../../automation/rotation/scaleDown";

const DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
const IS_OURS = "eks-pod-network.io/scale-down-disabled";

describe("the cluster autoscaler", () => {
  const patched = (fails?: KubernetesError) => {
    const patches: unknown[] = [];
    const patch = (path: string, change: object) => {
      if (fails !== undefined) return Promise.reject(fails);
      patches.push([path, change]);
      return Promise.resolve({ metadata: { name: "old-1" } });
    };
    return { patches, kubernetes: { patch } as Partial<Kubernetes> as Kubernetes };
  };

  it("is kept from a node by an annotation that is known to be ours, which is taken off again", async () => {
    const { patches, kubernetes } = patched();
    await keepFromScaleDown(kubernetes, { name: "old-1", annotations: {} });
    await allowScaleDown(kubernetes, "old-1");
    const path = "/api/v1/nodes/old-1";
    assert.deepEqual(patches, [
      [path, { metadata: { annotations: { [DISABLED]: "true", [IS_OURS]: "true" } } }],
      [path, { metadata: { annotations: { [DISABLED]: null, [IS_OURS]: null } } }],
    ]);
    assert.equal(isKeptFromScaleDown({ [DISABLED]: "true", [IS_OURS]: "true" }), true);
  });

  it("is left alone where its annotation is another's", async () => {
    const { patches, kubernetes } = patched();
    await keepFromScaleDown(kubernetes, { name: "old-1", annotations: { [DISABLED]: "true" } });
    assert.deepEqual(patches, []);
    assert.equal(isKeptFromScaleDown({ [DISABLED]: "true" }), false);
  });

  it("has nothing to do with a node that is gone; other refusals are errors", async () => {
    const gone = patched(new KubernetesError("PATCH node", 404, "not found"));
    await keepFromScaleDown(gone.kubernetes, { name: "old-1", annotations: {} });
    const denied = patched(new KubernetesError("PATCH node", 403, "forbidden"));
    await assert.rejects(allowScaleDown(denied.kubernetes, "old-1"), /forbidden/);
  });
});
