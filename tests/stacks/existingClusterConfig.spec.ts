import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";
import { readEnvironments } from "../../automation/environments";
import { readStackConfig } from "../../components/stackConfig";
import { existingClusterConfig } from "../../planning/stackConfig/existingCluster";
import { newClusterConfig } from "../../stacks/newCluster/config";
import { keyTable } from "../../tools/keyTable";
import { stackFileSchema } from "../../tools/stackFileSchema";
import { record } from "../support/pulumiMocks";
import { configure } from "../support/stackConfig";

type JsonObject = Readonly<Record<string, unknown>>;

const root = join(__dirname, "..", "..");
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");
const stackFile = (stack: string) =>
  parse(read("stacks", `Pulumi.${stack}.yaml`)) as { readonly config: Readonly<Record<string, unknown>> };

/** What the program makes of settings. */
async function readConfig(settings: Readonly<Record<string, unknown>>) {
  configure(settings);
  return (await record(() => readStackConfig(existingClusterConfig))).result;
}

/** What the program says of settings that it can't use, a line for each problem. */
async function problemsOf(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
  try {
    await readConfig(settings);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    assert.equal(error.stack, `Error: ${error.message}`);
    const [title, ...lines] = error.message.split("\n");
    assert.equal(title, "the configuration of stack test can't be used:");
    return lines.map((line) => line.trim());
  }
  return assert.fail("the settings were taken");
}

const least = { clusterName: "shop", podCidrs: ["100.64.0.0/16"] };

describe("the configuration of the program of an existing cluster", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("takes numbers and truth values as pulumi config set writes them", async () => {
    assert.deepEqual(await readConfig({ ...least, subnetPrefixLength: "20", cniRoleTag: "true" }), {
      ...least,
      subnetPrefixLength: 20,
      cniRoleTag: true,
    });
  });

  it("leaves a text alone that looks like something else", async () => {
    assert.deepEqual(await readConfig({ ...least, clusterName: "2024", kubeContext: "true" }), {
      ...least,
      clusterName: "2024",
      kubeContext: "true",
    });
  });

  it("leaves the keys of other packages alone", async () => {
    assert.deepEqual(await readConfig({ ...least, "aws:region": "us-west-2" }), least);
  });

  it("tells everything that is wrong at once, each at its key and with the way out", async () => {
    assert.deepEqual(
      await problemsOf({
        podCidrs: ["100.64.0.0/16", "100.65.0.0/33"],
        subnetPrefixlength: 19,
        subnetPrefixLength: "large",
        cni: { env: { WARM_IP_TARGET: 2 } },
        workerGroups: [{ name: "new", replaces: ["old"], minSize: 3, maxSize: 2, instanceType: "m7i.large" }],
        force: ["everything"],
      }),
      [
        "eks-pod-network:clusterName: is missing. Give the name of the EKS cluster: up to 100 letters, digits, - and _.",
        'eks-pod-network:podCidrs[1]: "100.65.0.0/33" can\'t be used. Give an IPv4 block for pods, such as 100.64.0.0/16.',
        'eks-pod-network:subnetPrefixLength: "large" can\'t be used. Give the size of a pod subnet as a prefix length from ' +
          "16 to 28; 19, which is 8,187 addresses, when left out.",
        'eks-pod-network:cni.env.WARM_IP_TARGET: 2 can\'t be used. Give a text, in quotes, such as "2" or "true".',
        'eks-pod-network:workerGroups[0].instanceType: "instanceType" is not a key here. Did you mean instanceTypes? ' +
          "The keys are name, replaces, kind, like, instanceTypes, amiType, imageId, osFamily, capacityType, " +
          "diskSize, nodeRoleArn, instanceProfileArn, securityGroupIds, minSize, maxSize, labels, taints, tags, " +
          "eniConfig, maxPods.",
        "eks-pod-network:workerGroups[0].minSize: 3 can't be used: it is more than maxSize. Give nodes at the least " +
          "in each zone, a whole number from 0 to 450.",
        'eks-pod-network:force[0]: "everything" can\'t be used. Give the name of a refusal: zone-without-eniconfig, ' +
          "pod-subnet-in-use, custom-networking-off.",
        'eks-pod-network:subnetPrefixlength: "subnetPrefixlength" is not a key here. Did you mean subnetPrefixLength? ' +
          `The keys are ${Object.keys(existingClusterConfig.shape).join(", ")}.`,
      ],
    );
  });
});

describe("a block of the configuration", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("with bits behind its prefix is told, with the block that is meant, beside all else that is wrong", async () => {
    const workers = [{ name: "new", replace: ["old"], replaces: ["old"] }];
    const given = {
      podCidrs: ["100.64.0.0/8"],
      avoid: ["10.1.0.0/8"],
      adopt: { cidrBlocks: ["100.64.3.0/16"] },
    };
    const problems = await problemsOf({ ...least, ...given, workerGroups: workers });
    assert.deepEqual(
      problems.map((line) => line.replace(/ (Give|Did you mean) .*/, "")),
      [
        'eks-pod-network:podCidrs[0]: "100.64.0.0/8" can\'t be used: it has bits set behind its prefix, 100.0.0.0/8 is the block.',
        'eks-pod-network:avoid[0]: "10.1.0.0/8" can\'t be used: it has bits set behind its prefix, 10.0.0.0/8 is the block.',
        'eks-pod-network:workerGroups[0].replace: "replace" is not a key here.',
        'eks-pod-network:adopt.cidrBlocks[0]: "100.64.3.0/16" can\'t be used: it has bits set behind its prefix, 100.64.0.0/16 is the block.',
      ],
    );
  });
});

describe("the committed stacks", () => {
  const environments = readEnvironments(join(root, "stacks", "environments.yaml"));
  const files = readdirSync(join(root, "stacks")).flatMap((file) => {
    const [, stack] = /^Pulumi\.(.+)\.yaml$/.exec(file) ?? [];
    return stack === undefined ? [] : [stack];
  });

  it("are those of the environments, staging before prod", () => {
    assert.deepEqual([...files].sort(), environments.map(({ stack }) => stack).sort());
    const names = environments.map(({ name }) => name);
    assert.deepEqual(names, ["sandbox", "dev", "staging", "prod"]);
  });

  for (const { stack, region, kubeContext } of environments) {
    describe(stack, () => {
      const { config } = stackFile(stack);

      it("is taken by the program", async () => {
        const { clusterName, ...rest } = await readConfig(config);
        assert.equal(clusterName, stack === "sandbox" ? "small" : `shop-${stack}`);
        assert.equal(rest.kubeContext, kubeContext);
      });

      it("is of the Region of its environment", () => {
        assert.equal(config["aws:region"], region);
      });

      it("is what the JSON Schema says, and names it for editors", () => {
        const [line] = read("stacks", `Pulumi.${stack}.yaml`).split("\n");
        assert.equal(line, "# yaml-language-server: $schema=existingCluster/config.schema.json");
        const schema = JSON.parse(read("stacks", "existingCluster", "config.schema.json")) as Parameters<
          typeof z.fromJSONSchema
        >[0];
        assert.deepEqual(z.fromJSONSchema(schema).safeParse(stackFile(stack)).error, undefined);
      });
    });
  }
});

describe("the JSON Schema of the configuration", () => {
  for (const [folder, project, config] of [
    ["existingCluster", "eks-pod-network", existingClusterConfig],
    ["newCluster", "eks-pod-network-new-cluster", newClusterConfig],
  ] as const)
    it(`of ${folder} is the program's own; npm run update-stack-schemas writes it`, () => {
      const { name } = parse(read(...(folder === "newCluster" ? ["stacks", folder] : []), "Pulumi.yaml")) as {
        name: string;
      };
      assert.equal(name, project);
      const written = JSON.parse(read("stacks", folder, "config.schema.json")) as unknown;
      assert.deepEqual(written, JSON.parse(JSON.stringify(stackFileSchema(project, config))));
    });

  const schema = stackFileSchema("eks-pod-network", existingClusterConfig);
  const { config } = schema.properties as Record<string, JsonObject>;

  it("takes numbers as pulumi config set writes them", () => {
    const file = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const takes = (subnetPrefixLength: unknown) =>
      file.safeParse({
        config: {
          "eks-pod-network:clusterName": "shop",
          "eks-pod-network:podCidrs": ["100.64.0.0/16"],
          "eks-pod-network:subnetPrefixLength": subnetPrefixLength,
        },
      }).success;
    assert.deepEqual([20, "20", "twenty"].map(takes), [true, true, false]);
  });

  it("refuses a key that does not exist, and leaves those of other packages alone", () => {
    const { anyOf } = config?.propertyNames as { anyOf: [{ enum: string[] }, { pattern: string }] };
    const keys = Object.keys(existingClusterConfig.shape).map((key) => `eks-pod-network:${key}`);
    assert.deepEqual(anyOf[0].enum, keys);
    const isOfAnother = new RegExp(anyOf[1].pattern);
    assert.equal(isOfAnother.test("aws:region"), true);
    assert.equal(isOfAnother.test("eks-pod-network:podCidr"), false);
  });
});

describe("the documentation of the configuration", () => {
  /** Without what a formatter adds to line columns up. */
  const rows = (table: readonly string[]) =>
    table.map((row) =>
      row
        .replace(/ {2,}/g, " ")
        .replace(/-{3,}/g, "---")
        .replace(/\| {2}\|/g, "| |"),
    );

  it("names every key of newCluster as the program has it", () => {
    const page = rows(read("docs", "components.md").split("\n"));
    for (const row of rows(keyTable(newClusterConfig))) assert.ok(page.includes(row), row);
  });
});
