import assert from "node:assert/strict";
import {
  DescribeUpdateCommand,
  UpdateAddonCommand,
  type ResolveConflicts,
  type Update,
} from "@aws-sdk/client-eks";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world set-env", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("set-env");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  /** Updates the add-on with settings that are all its owners know of. @returns what came of it. */
  const update = async (resolveConflicts: ResolveConflicts): Promise<Update | undefined> => {
    const name = { clusterName: record().clusterName, addonName: "vpc-cni" };
    const env = { AWS_VPC_K8S_CNI_EXTERNALSNAT: "false" };
    const asked = await world.eks.send(
      new UpdateAddonCommand({ ...name, resolveConflicts, configurationValues: JSON.stringify({ env }) }),
    );
    const updateId = asked.update?.id ?? "";
    const state = async () =>
      (
        await world.eks.send(
          new DescribeUpdateCommand({ name: name.clusterName, addonName: name.addonName, updateId }),
        )
      ).update;
    await eventually("the update is over", async () => (await state())?.status !== "InProgress");
    return state();
  };

  it("is told by preflight of settings that are kubectl's, and that pods leave by their own addresses", async () => {
    const found = await preflightOf(record());
    const [finding, ...others] = findingsOf(found, "CNI-HELD");
    assert.deepEqual([...(finding?.evidence ?? [])].sort(), [
      'AWS_VPC_K8S_CNI_EXTERNALSNAT is "true"; the add-on\'s configuration does not name it.',
      'AWS_VPC_K8S_CNI_LOGLEVEL is "INFO"; the add-on\'s configuration does not name it.',
      'MINIMUM_IP_TARGET is "8"; the add-on\'s configuration does not name it.',
      'WARM_IP_TARGET is "4"; the add-on\'s configuration does not name it.',
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      findingsOf(found, "SNAT-EXTERNAL").map(({ level, title }) => `${level}: ${title}`),
      ["warn: AWS_VPC_K8S_CNI_EXTERNALSNAT is true: pods leave the VPC with their own addresses"],
    );
  });

  it("has an add-on whose configuration says nothing", async () => {
    const { status, configurationValues } = await world.vpcCni();
    assert.deepEqual([status, JSON.parse(configurationValues ?? "{}")], ["ACTIVE", {}]);
  });

  it("has four settings that are kubectl's, two of them in the place of EKS's own", async () => {
    assert.deepEqual((await world.variablesOf("kubectl-set")).sort(), [
      "AWS_VPC_K8S_CNI_EXTERNALSNAT",
      "AWS_VPC_K8S_CNI_LOGLEVEL",
      "MINIMUM_IP_TARGET",
      "WARM_IP_TARGET",
    ]);
    const { AWS_VPC_K8S_CNI_EXTERNALSNAT, WARM_IP_TARGET, MINIMUM_IP_TARGET } = await world.awsNodeEnv();
    assert.deepEqual([AWS_VPC_K8S_CNI_EXTERNALSNAT, WARM_IP_TARGET, MINIMUM_IP_TARGET], ["true", "4", "8"]);
  });

  it("fails an update of the add-on without a way to resolve conflicts, and keeps the settings", async () => {
    const failed = await update("NONE");
    assert.equal(failed?.status, "Failed");
    const [error] = failed.errors ?? [];
    assert.equal(error?.errorCode, "ConfigurationConflict");
    assert.match(error.errorMessage ?? "", /DaemonSet\.apps aws-node - .*AWS_VPC_K8S_CNI_EXTERNALSNAT/);
    assert.equal((await world.awsNodeEnv()).AWS_VPC_K8S_CNI_EXTERNALSNAT, "true");
  });

  it("loses with OVERWRITE what EKS has a value for, and nobody is told", async () => {
    assert.equal((await update("OVERWRITE"))?.status, "Successful");
    const { AWS_VPC_K8S_CNI_EXTERNALSNAT, AWS_VPC_K8S_CNI_LOGLEVEL, WARM_IP_TARGET } =
      await world.awsNodeEnv();
    assert.deepEqual([AWS_VPC_K8S_CNI_EXTERNALSNAT, AWS_VPC_K8S_CNI_LOGLEVEL], ["false", "DEBUG"]);
    // Not among what EKS writes: it stays.
    assert.equal(WARM_IP_TARGET, "4");
  });
});
