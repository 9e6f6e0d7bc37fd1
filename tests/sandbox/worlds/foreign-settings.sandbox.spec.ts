import assert from "node:assert/strict";
import {
  DescribeUpdateCommand,
  UpdateAddonCommand,
  type Update,
  type UpdateAddonCommandInput,
} from "@aws-sdk/client-eks";
import { parse } from "yaml";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world foreign-settings", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("foreign-settings");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const update = async (input: Partial<UpdateAddonCommandInput>): Promise<Update | undefined> => {
    const name = { clusterName: record().clusterName, addonName: "vpc-cni" };
    const asked = await world.eks.send(new UpdateAddonCommand({ ...name, ...input }));
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

  it("is told by preflight of the field that kubectl took from EKS, and what the configuration says", async () => {
    const found = await preflightOf(record());
    const [finding, ...others] = findingsOf(found, "CNI-HELD");
    assert.equal(finding?.title, "kubectl-set holds WARM_ENI_TARGET on aws-node, and EKS does not");
    assert.deepEqual(finding.evidence, ['WARM_ENI_TARGET is "2"; the add-on\'s configuration says "1".']);
    assert.deepEqual(others, []);
  });

  it("has a configuration in YAML that says much beside the network of pods", async () => {
    const { status, configurationValues = "" } = await world.vpcCni();
    assert.equal(status, "ACTIVE");
    assert.throws(() => JSON.parse(configurationValues) as unknown);
    assert.deepEqual(Object.keys(parse(configurationValues) as object), [
      "env",
      "init",
      "enableNetworkPolicy",
      "nodeAgent",
      "podAnnotations",
      "resources",
    ]);
    const { AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS } = await world.awsNodeEnv();
    assert.equal(AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS, "172.31.0.0/16,10.200.0.0/16");
  });

  it("has a field that kubectl took from EKS, which hinders every update that is not told what to do", async () => {
    assert.deepEqual(await world.variablesOf("kubectl-set"), ["WARM_ENI_TARGET"]);
    const failed = await update({ resolveConflicts: "NONE" });
    assert.equal(failed?.status, "Failed");
    const [error] = failed.errors ?? [];
    assert.equal(error?.errorCode, "ConfigurationConflict");
    assert.match(
      error.errorMessage ?? "",
      /DaemonSet\.apps aws-node - \.spec\.template\.spec\.containers\[name="aws-node"\]\.env\[name="WARM_ENI_TARGET"\]\.value$/,
    );
    assert.equal((await world.awsNodeEnv()).WARM_ENI_TARGET, "2");
  });

  it("loses all settings of others by an update that names its own alone, and keeps what is kubectl's", async () => {
    const ended = await update({
      resolveConflicts: "PRESERVE",
      configurationValues: '{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true"}}',
    });
    assert.equal(ended?.status, "Successful");
    const env = await world.awsNodeEnv();
    assert.equal(env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "true");
    assert.equal(env.WARM_ENI_TARGET, "2");
    assert.equal(env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS, undefined);
  });
});
