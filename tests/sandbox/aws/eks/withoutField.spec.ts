import assert from "node:assert/strict";
import { withoutField } from "../../../../sandbox/aws/eks/withoutField";

describe("an object without a field that is another's", () => {
  const object = {
    metadata: { labels: { "k8s-app": "aws-node", "app.kubernetes.io/name": "aws-node" } },
    spec: {
      containers: [
        {
          name: "aws-node",
          image: "one",
          env: [
            { name: "WARM_ENI_TARGET", value: "1" },
            { name: "MAX_ENI", value: "2" },
          ],
        },
        { name: "other", image: "two" },
      ],
    },
  };

  it("loses the whole entry of a list when its value goes", () => {
    const left = withoutField(object, '.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value');
    assert.deepEqual(left, {
      ...object,
      spec: {
        containers: [
          { name: "aws-node", image: "one", env: [{ name: "MAX_ENI", value: "2" }] },
          { name: "other", image: "two" },
        ],
      },
    });
    assert.equal(object.spec.containers[0]?.env?.length, 2);
  });

  it("keeps an entry of which another member goes", () => {
    const left = withoutField(object, '.spec.containers[name="other"].image');
    assert.deepEqual((left as typeof object).spec.containers[1], { name: "other" });
  });

  it("is the same when the field isn't there", () => {
    assert.deepEqual(withoutField(object, ".spec.strategy.type"), object);
  });
});
