import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import type { Environment } from "../../automation/environments";
import { PulumiError } from "../../automation/pulumiError";
import { openStack } from "../../automation/stack";
import { temporaryFolder } from "../support/temporaryFolder";

const prod: Environment = { name: "prod", stack: "prod-main", region: "us-west-2", rotation: {} };

/** A pulumi that must not be asked. */
const untouched = {
  command: "pulumi",
  version: null,
  run: () => assert.fail("pulumi was asked"),
} as unknown as PulumiCommand;

describe("openStack", () => {
  let workDir: string;
  beforeEach(() => {
    workDir = temporaryFolder();
    mkdirSync(join(workDir, "stacks"));
    write("Pulumi.yaml", "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n");
  });
  afterEach(() => {
    rmSync(workDir, { recursive: true });
  });
  const write = (path: string, text: string) => {
    writeFileSync(join(workDir, path), text);
  };
  const refusal = async (environment: Environment = prod): Promise<PulumiError> => {
    try {
      await openStack(environment, { workDir, pulumi: untouched });
    } catch (error) {
      if (error instanceof PulumiError) return error;
      throw error;
    }
    return assert.fail("the stack was opened");
  };

  it("makes no stack of which nothing is said", async () => {
    const { reason, fix } = await refusal();
    assert.equal(reason, `there is no ${join(workDir, "stacks", "Pulumi.prod-main.yaml")}.`);
    assert.match(fix, /^Write it/);
  });

  it("asks for the folder of the program", async () => {
    rmSync(join(workDir, "Pulumi.yaml"));
    const { reason, fix } = await refusal();
    assert.equal(reason, `there is no ${join(workDir, "Pulumi.yaml")}.`);
    assert.match(fix, /--work-dir/);
  });

  it("refuses a stack of another Region, and of another context, and says both", async () => {
    write("stacks/Pulumi.prod-main.yaml", "config: { aws:region: us-east-1 }\n");
    const { reason } = await refusal({ ...prod, kubeContext: "prod" });
    const file = join(workDir, "stacks", "Pulumi.prod-main.yaml");
    assert.deepEqual(reason.split("\n"), [
      `aws:region is "us-east-1" in ${file} and "us-west-2" here.`,
      `eks-pod-network:kubeContext is not set in ${file} and "prod" here.`,
    ]);
  });

  it("says what is no YAML", async () => {
    write("stacks/Pulumi.prod-main.yaml", "config: [\n");
    assert.match((await refusal()).reason, /Pulumi\.prod-main\.yaml is no YAML: /);
  });
});
