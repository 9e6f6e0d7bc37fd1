import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { secretTexts } from "../../automation/secretTexts";
import { openStack } from "../../automation/stack";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { temporaryFolder } from "../support/temporaryFolder";

describe("secretTexts", function () {
  this.timeout(60_000);

  it("finds every text in secret values, and none in those that anybody may read", async () => {
    const workDir = temporaryFolder();
    try {
      writeFileSync(join(workDir, "Pulumi.yaml"), "name: eks-pod-network\nruntime: nodejs\n");
      writeFileSync(
        join(workDir, "Pulumi.prod.yaml"),
        "config: { eks-pod-network:clusterName: prod-main }\n",
      );
      const prod = { name: "prod", stack: "prod", region: "us-west-2", rotation: {} };
      const stack = await openStack(prod, {
        workDir,
        pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
        env: { PULUMI_BACKEND_URL: `file://${workDir}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" },
      });
      assert.deepEqual(await secretTexts(prod, stack), []);
      await stack.setConfig("eks-pod-network:password", { value: "hunter2", secret: true });
      // Of these, one is secret.
      await stack.setConfig("eks-pod-network:workerGroups[0].name", { value: "general" }, true);
      const userData = { value: "token=xyz", secret: true };
      await stack.setConfig("eks-pod-network:workerGroups[0].tags.seed", userData, true);
      const value = JSON.stringify({ team: "platform", tokens: ["abc", { deep: "def" }], port: 5432 });
      await stack.setConfig("eks-pod-network:tags", { value, secret: true });
      assert.deepEqual((await secretTexts(prod, stack)).sort(), [
        "abc",
        "def",
        "hunter2",
        "platform",
        "token=xyz",
      ]);
    } finally {
      rmSync(workDir, { recursive: true });
    }
  });
});
