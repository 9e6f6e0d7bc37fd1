import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { z } from "zod";
import { existingClusterConfig } from "../../planning/stackConfig/existingCluster";
import { workerGroup } from "../../planning/stackConfig/workerGroup";
import { ComponentPlugin } from "../support/componentPlugin";

const root = join(__dirname, "..", "..");

interface Property {
  readonly plain?: boolean;
  readonly description?: string;
}
interface Schema {
  readonly name: string;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, Property>>;
        readonly requiredInputs?: readonly string[];
        readonly properties: Readonly<Record<string, Property>>;
        readonly description?: string;
      }
    >
  >;
  readonly types: Readonly<
    Record<
      string,
      { readonly properties?: Readonly<Record<string, Property>>; readonly description?: string }
    >
  >;
}

const shortName = (token: string) => token.split(":")[2] ?? token;

const plugin = new ComponentPlugin();
let schema: Schema;

describe("the components as a package for every Pulumi language", function () {
  // TypeScript reads all types of the AWS SDK.
  this.timeout(300_000);
  before(async () => {
    await plugin.start();
    schema = (await plugin.schema()) as Schema;
  });
  after(() => plugin.stop());

  it("is called as the package is", () => {
    assert.equal(schema.name, "eks-pod-network");
  });

  it("has each component under the token that it registers", () => {
    assert.deepEqual(Object.keys(schema.resources).sort(), [
      "eks-pod-network:index:EniConfigs",
      "eks-pod-network:index:PodNetwork",
      "eks-pod-network:index:PodSubnets",
      "eks-pod-network:index:SecondaryCidr",
      "eks-pod-network:index:VpcCni",
      "eks-pod-network:index:WorkerGroup",
    ]);
  });

  it("has no output beyond those that are meant for users", () => {
    const outputs = Object.entries(schema.resources).map(([token, { properties }]) => [
      shortName(token),
      Object.keys(properties),
    ]);
    assert.deepEqual(Object.fromEntries(outputs), {
      EniConfigs: ["names"],
      PodNetwork: ["summary"],
      PodSubnets: ["podSubnets", "subnetIds"],
      SecondaryCidr: ["cidrBlocks"],
      VpcCni: ["mode", "effectiveEnv"],
      WorkerGroup: ["nodeGroups"],
    });
  });

  it("takes outputs of other resources wherever they don't decide which resources there are, and how", () => {
    const inputs = Object.entries(schema.resources).map(([token, { inputProperties }]) => [
      shortName(token),
      Object.keys(inputProperties).filter((key) => inputProperties[key]?.plain !== true),
    ]);
    assert.deepEqual(Object.fromEntries(inputs), {
      EniConfigs: [],
      PodNetwork: [],
      PodSubnets: ["vpcId"],
      SecondaryCidr: ["vpcId"],
      VpcCni: ["serviceAccountRoleArn", "eniConfigNames"],
      WorkerGroup: ["imageId", "nodeRoleArn", "instanceProfileArn", "securityGroupIds", "tags"],
    });
  });

  it("describes every component", () => {
    const silent = Object.entries(schema.resources).filter(
      ([, { description }]) => description === undefined,
    );
    assert.deepEqual(silent, []);
  });

  it("takes every argument of PodNetwork from the configuration of stacks/existingCluster, and nothing else", () => {
    const keys = existingClusterConfig.shape;
    const { inputProperties = {} } = schema.resources["eks-pod-network:index:PodNetwork"] ?? {};
    // Where the cluster is, which a provider is told.
    const ofProvider = ["kubeconfig", "kubeContext"];
    assert.deepEqual(Object.keys(keys).sort(), [...Object.keys(inputProperties), ...ofProvider].sort());
    const ofType = (name: string) =>
      Object.keys(schema.types[`eks-pod-network:index:${name}`]?.properties ?? {});
    for (const [type, config, computed] of [
      ["PodGroup", required(required(keys.podGroups), "element"), []],
      ["PodNetworkCni", required(keys.cni), []],
      ["PodNetworkAdoption", required(keys.adopt), []],
      ["PodFargateProfile", required(keys.fargateProfile), []],
      // From what aws-node is set to.
      ["PodNetworkWorkerGroup", workerGroup, ["prefixDelegation", "maxEni"]],
    ] as const) {
      const wanted = ofType(type).filter((key) => !(computed as readonly string[]).includes(key));
      assert.ok(wanted.length > 0, type);
      assert.deepEqual(Object.keys((config as z.ZodObject).shape).sort(), wanted.sort(), type);
    }
  });

  it("makes a component for a program in another language", async () => {
    const { outputs, registered } = await plugin.construct("eks-pod-network:index:EniConfigs", "pods", {
      eniConfigs: [
        { name: "us-west-2a", subnetId: "subnet-0000000a", securityGroupIds: ["sg-0000000a"] },
        { name: "us-west-2b", subnetId: "subnet-0000000b" },
      ],
    });
    assert.deepEqual(outputs, { names: ["us-west-2a", "us-west-2b"] });
    assert.deepEqual([...registered].sort(), [
      "eks-pod-network:index:EniConfigs pods",
      "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2a",
      "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2b",
    ]);
  });
});

describe("docs/components.md", function () {
  this.timeout(300_000);
  const page = readFileSync(join(root, "docs", "components.md"), "utf8");
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
      ([, block = ""]) => block,
    );

  it("has examples in YAML that the schema takes", () => {
    const programs = blocks("yaml").flatMap((block) => {
      const { resources } = (parse(block) ?? {}) as {
        resources?: Record<string, { type: string; properties: Record<string, unknown> }>;
      };
      return Object.values(resources ?? {});
    });
    assert.equal(programs.length, 1);
    for (const { type, properties } of programs) {
      const { inputProperties = {}, requiredInputs = [] } = schema.resources[type] ?? {};
      for (const key of Object.keys(properties)) assert.ok(inputProperties[key], `${type} ${key}`);
      for (const key of requiredInputs) assert.ok(key in properties, `${type} ${key}`);
    }
  });

  it("has examples in TypeScript without a mistake", () => {
    const examples = blocks("ts");
    assert.equal(examples.length, 2);
    const files = new Map(examples.map((text, index) => [join(root, "docs", `example${index}.ts`), text]));
    const read = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file));
    const config = read.config as object;
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    const onDisk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...onDisk,
      fileExists: (file) => files.has(file) || onDisk.fileExists(file),
      readFile: (file) => files.get(file) ?? onDisk.readFile(file),
      getSourceFile: (file, version) => {
        const text = files.get(file) ?? onDisk.readFile(file);
        return text === undefined ? undefined : ts.createSourceFile(file, text, version);
      },
    };
    const program = ts.createProgram([...files.keys()], options, host);
    const problems = [...files.keys()].flatMap((file) => {
      const source = program.getSourceFile(file);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });
});

/** What a key that may be left out takes; with "element", what a list of it holds. */
function required(field: z.ZodType, part?: "element"): z.ZodType {
  const value = field instanceof z.ZodExactOptional ? (field.unwrap() as z.ZodType) : field;
  return part === "element" && value instanceof z.ZodArray ? (value.element as z.ZodType) : value;
}
