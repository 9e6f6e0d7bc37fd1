import assert from "node:assert/strict";
import { admissionPolicy } from "../../../../sandbox/dataPlane/fargate/admission";

const conditionOf = (selectors: { namespace: string; labels: Record<string, string> }[]) =>
  admissionPolicy({
    name: "Reports",
    clusterName: "small",
    subnetIds: [],
    securityGroupId: undefined,
    selectors,
  }).policy.spec.matchConditions[1]?.expression;

describe("the policy of a Fargate profile", () => {
  it("asks for the namespace and for every label", () => {
    assert.equal(
      conditionOf([{ namespace: "reports", labels: { "app.io/x": "y" } }]),
      '(request.namespace.matches("^reports$") && (has(object.metadata.labels) && ' +
        '"app.io/x" in object.metadata.labels && object.metadata.labels["app.io/x"].matches("^y$")))',
    );
  });

  it("takes what any selector selects, with wildcards, and nothing else of a pattern's own", () => {
    assert.equal(
      conditionOf([
        { namespace: "team-*", labels: {} },
        { namespace: "a.b?", labels: {} },
      ]),
      '(request.namespace.matches("^team-.*$")) || (request.namespace.matches("^a\\\\.b.$"))',
    );
  });

  it("has a name that Kubernetes takes, and the same for its binding", () => {
    const { policy, binding } = admissionPolicy({
      name: "Reports_1",
      clusterName: "small",
      subnetIds: [],
      securityGroupId: undefined,
      selectors: [],
    });
    assert.equal(policy.metadata.name, "0500-fargate.small.reports-1");
    assert.equal(binding.spec.policyName, policy.metadata.name);
  });
});
