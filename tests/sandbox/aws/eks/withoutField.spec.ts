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

  it("loses the field alone, and keeps the entry around it", () => {
    const left = withoutField(object, '.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value');
    assert.deepEqual((left as typeof object).spec.containers, [
      {
        name: "aws-node",
        image: "one",
        env: [{ name: "WARM_ENI_TARGET" }, { name: "MAX_ENI", value: "2" }],
      },
      { name: "other", image: "two" },
    ]);
    assert.deepEqual((left as typeof object).metadata, object.metadata);
    assert.equal(object.spec.containers[0]?.env?.[0]?.value, "1");
  });

  it("loses a whole entry when that is the conflict", () => {
    const left = withoutField(object, '.spec.containers[name="other"]');
    assert.deepEqual(
      (left as typeof object).spec.containers.map((one) => one.name),
      ["aws-node"],
    );
  });

  it("is the same when the field isn't there", () => {
    assert.deepEqual(withoutField(object, ".spec.strategy.type"), object);
  });
});
