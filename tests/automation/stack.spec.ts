import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StackNotFoundError, type PulumiCommand } from "@pulumi/pulumi/automation";
import type { Environment } from "../../automation/environments";
import { PulumiError } from "../../automation/pulumiError";
import { openExistingStack, openStack } from "../../automation/stack";
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
    assert.match(fix, /^Write it: it says which cluster, /);
    const init = `podnet init --cluster CLUSTER --region ${prod.region} --name ${prod.name} --work-dir ${workDir}`;
    assert.ok(
      fix.endsWith(` Or take prod out of the file of environments and have both proposed: ${init}`),
      fix,
    );
  });

  it("takes what the file says, or that there is none, for wrong settings and for no failure of the outside", async () => {
    const kinds = [await refusal()];
    for (const config of ["config: [\n", "config: { aws:region: us-east-1 }\n"]) {
      write("stacks/Pulumi.prod-main.yaml", config);
      kinds.push(await refusal());
    }
    assert.deepEqual(
      kinds.map(({ isOfSettings }) => isOfSettings),
      [true, true, true],
    );
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

  it("refuses a stack of another cluster than its environment names", async () => {
    write("stacks/Pulumi.prod-main.yaml", "config: { eks-pod-network:clusterName: shop-staging }\n");
    const { reason } = await refusal({ ...prod, cluster: "shop-prod" });
    const file = join(workDir, "stacks", "Pulumi.prod-main.yaml");
    assert.equal(reason, `eks-pod-network:clusterName is "shop-staging" in ${file} and "shop-prod" here.`);
  });

  it("says what is no YAML", async () => {
    write("stacks/Pulumi.prod-main.yaml", "config: [\n");
    assert.match((await refusal()).reason, /Pulumi\.prod-main\.yaml is no YAML: /);
  });

  describe("of a backend without the stack", () => {
    let asked: string[][];
    /** A pulumi whose backend knows no stack until it is made. */
    const empty = () => {
      const stacks = new Set<string>();
      const run = ([, , , , ...args]: string[]) => {
        asked.push(args.filter((arg) => !arg.startsWith("--")));
        if (args[1] === "init") stacks.add(args[2] ?? "");
        else if (args[1] === "select" && stacks.size === 0) {
          return Promise.reject(new StackNotFoundError("no stack named 'prod-main' found"));
        }
        return Promise.resolve({ code: 0, stdout: "", stderr: "" });
      };
      return { command: "pulumi", version: null, run } as unknown as PulumiCommand;
    };
    beforeEach(() => {
      asked = [];
      write("stacks/Pulumi.prod-main.yaml", "config: { aws:region: us-west-2 }\n");
    });
    const commands = () => asked.map((args) => args.join(" "));

    it("asks the backend of the environment as its profile, with no keys of the shell", async () => {
      const variables: Record<string, string>[] = [];
      const pulumi = empty() as unknown as { run: (...given: unknown[]) => Promise<unknown> };
      const { run } = pulumi;
      pulumi.run = (...given) => {
        variables.push(given[2] as Record<string, string>);
        return run(...given);
      };
      const backend = "s3://states-of-prod";
      const environment = { ...prod, backend, profile: "shop-prod" };
      await openStack(environment, { workDir, pulumi: pulumi as unknown as PulumiCommand });
      const given = variables.map(({ PULUMI_BACKEND_URL, AWS_PROFILE, AWS_ACCESS_KEY_ID }) =>
        [PULUMI_BACKEND_URL, AWS_PROFILE, AWS_ACCESS_KEY_ID].join(),
      );
      assert.deepEqual([...new Set(given)], [`${backend},shop-prod,`]);
    });

    it("makes it, empty", async () => {
      assert.equal((await openStack(prod, { workDir, pulumi: empty() })).name, "prod-main");
      assert.ok(commands().some((command) => command.startsWith("stack init prod-main")));
    });

    it("makes none for those who only look", async () => {
      await assert.rejects(openExistingStack(prod, { workDir, pulumi: empty() }), (error) => {
        assert.ok(error instanceof PulumiError);
        assert.equal(error.reason, "the backend has no stack prod-main.");
        assert.match(error.fix, /^Bring it up first: podnet up prod; /);
        return true;
      });
      assert.ok(!commands().some((command) => command.startsWith("stack init")));
    });
  });
});
