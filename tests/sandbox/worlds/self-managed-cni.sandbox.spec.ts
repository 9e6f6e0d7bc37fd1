import assert from "node:assert/strict";
import { CreateAddonCommand, ListAddonsCommand } from "@aws-sdk/client-eks";
import { eventually } from "../../automation/rotation/podNetwork";
import { preflightOf, titlesOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world self-managed-cni", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("self-managed-cni");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("is told by preflight that EKS does not manage the CNI", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "CNI-SELF-MANAGED"), [
      "aws-node is self-managed: EKS neither sets nor updates it",
    ]);
    assert.deepEqual(titlesOf(found, "CNI-HELD"), []);
  });

  it("has an aws-node on every node, and no add-on", async () => {
    await assert.rejects(world.vpcCni(), { name: "ResourceNotFoundException" });
    const { addons } = await world.eks.send(new ListAddonsCommand({ clusterName: record().clusterName }));
    assert.deepEqual(addons, []);
    assert.equal((await world.awsNode()).status?.numberReady, 3);
  });

  it("has two settings that are kubectl's", async () => {
    assert.deepEqual((await world.variablesOf("kubectl-set")).sort(), [
      "AWS_VPC_K8S_CNI_LOGLEVEL",
      "WARM_IP_TARGET",
    ]);
  });

  it("fails to become an add-on without a way to resolve conflicts, and keeps its settings", async () => {
    const addOn = { clusterName: record().clusterName, addonName: "vpc-cni" };
    await world.eks.send(new CreateAddonCommand({ ...addOn, resolveConflicts: "NONE" }));
    await eventually(
      "the creation has failed",
      async () => (await world.vpcCni()).status === "CREATE_FAILED",
    );
    const [issue] = (await world.vpcCni()).health?.issues ?? [];
    assert.equal(issue?.code, "ConfigurationConflict");
    assert.match(issue.message ?? "", /AWS_VPC_K8S_CNI_LOGLEVEL/);
    const { AWS_VPC_K8S_CNI_LOGLEVEL, WARM_IP_TARGET } = await world.awsNodeEnv();
    assert.deepEqual([AWS_VPC_K8S_CNI_LOGLEVEL, WARM_IP_TARGET], ["INFO", "4"]);
  });
});
