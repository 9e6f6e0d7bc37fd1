import assert from "node:assert/strict";
import fc from "fast-check";
import { restoredEnv } from "../../../planning/rollback/restoredEnv";

const FROM_NODE = { name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } };
const OURS = ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENI_CONFIG_LABEL_DEF"];

describe("the variables of aws-node as they were", () => {
  it("have their values again, and not those that the pod network added", () => {
    const live = [
      { name: "WARM_ENI_TARGET", value: "0" },
      FROM_NODE,
      { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "true" },
      { name: "ENI_CONFIG_LABEL_DEF", value: "topology.kubernetes.io/zone" },
      { name: "NEW_IN_THIS_VERSION", value: "1" },
    ];
    const recorded = { WARM_ENI_TARGET: "1", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false", BY_HAND: "yes" };
    assert.deepEqual(restoredEnv(live, recorded, OURS), [
      { name: "WARM_ENI_TARGET", value: "1" },
      FROM_NODE,
      { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "false" },
      { name: "NEW_IN_THIS_VERSION", value: "1" },
      { name: "BY_HAND", value: "yes" },
    ]);
  });

  it("are nothing to change where they are so already", () => {
    const live = [{ name: "WARM_ENI_TARGET", value: "1" }, FROM_NODE];
    assert.equal(restoredEnv(live, { WARM_ENI_TARGET: "1" }, OURS), undefined);
  });

  it("are nothing to change a second time, whatever was live and recorded", () => {
    const name = fc.constantFrom("A", "B", "C", ...OURS);
    const value = fc.constantFrom("1", "2");
    const list = fc.uniqueArray(fc.record({ name, value }), { selector: (variable) => variable.name });
    fc.assert(
      fc.property(list, fc.dictionary(name, value), (live, recorded) => {
        const restored = restoredEnv(live, recorded, OURS) ?? live;
        assert.equal(restoredEnv(restored, recorded, OURS), undefined);
        for (const [key, was] of Object.entries(recorded)) {
          assert.equal(restored.find((variable) => variable.name === key)?.value, was);
        }
      }),
    );
  });
});
