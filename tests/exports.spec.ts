import assert from "node:assert/strict";

/** As users load it: by name, what was built. */
const load = (name: string) =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- through the package's exports
  require(name) as Readonly<Record<string, unknown>>;

describe("the package", function () {
  // Loads Pulumi and its providers.
  this.timeout(60_000);

  it("is the components", () => {
    assert.deepEqual(Object.keys(load("eks-pod-network")).sort(), [
      "CniMode",
      "EniConfigs",
      "PodEgress",
      "PodNetwork",
      "PodSubnets",
      "SecondaryCidr",
      "VpcCni",
      "WorkerGroup",
      "WorkerKind",
      "WorkerOsFamily",
      "readCluster",
    ]);
  });

  it("has the runner as /automation", () => {
    const runner = load("eks-pod-network/automation");
    for (const name of [
      "readEnvironments",
      "openStack",
      "preview",
      "bringUp",
      "awaitAwsNode",
      "rotate",
      "verify",
    ]) {
      assert.equal(typeof runner[name], "function", name);
    }
  });

  it("has the decisions as /planning, without Pulumi", () => {
    assert.equal(typeof load("eks-pod-network/planning").planSubnets, "function");
  });
});
