import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ComponentProvider, getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../../components";

const root = join(__dirname, "..", "..");

interface Schema {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, { readonly plain?: boolean }>>;
        readonly properties: Readonly<Record<string, unknown>>;
        readonly description?: string;
      }
    >
  >;
}

describe("the components as a package for every Pulumi language", function () {
  // TypeScript reads all types of the AWS SDK.
  this.timeout(60_000);
  let folder: string;
  let schema: Schema;

  before(async () => {
    // The analyzer wants a package with an entry point and a tsconfig of its own.
    folder = mkdtempSync(join(tmpdir(), "eks-pod-network-schema-"));
    const entry = join(root, "components", "index.ts");
    const manifest = { name: "eks-pod-network", version: "0.1.0", exports: { ".": entry } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.json"), files: [entry], include: [] }),
    );
    const provider = new ComponentProvider({
      components: getPulumiComponents(components),
      dirname: folder,
      name: "eks-pod-network",
    });
    schema = JSON.parse(await provider.getSchema()) as Schema;
  });
  after(() => {
    rmSync(folder, { recursive: true });
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
      token.split(":")[2],
      Object.keys(properties),
    ]);
    assert.deepEqual(Object.fromEntries(outputs), {
      EniConfigs: ["names"],
      PodNetwork: ["podCidrs", "podSubnets", "eniConfigs", "workerGroups"],
      PodSubnets: ["subnetIds"],
      SecondaryCidr: ["cidrBlocks"],
      VpcCni: ["configurationValues"],
      WorkerGroup: ["nodeGroups"],
    });
  });

  it("takes as plain values only what decides which resources there are, and how", () => {
    const plain = Object.entries(schema.resources).map(([token, { inputProperties }]) => [
      token.split(":")[2],
      Object.keys(inputProperties).filter((key) => inputProperties[key]?.plain === true),
    ]);
    assert.deepEqual(Object.fromEntries(plain), {
      EniConfigs: ["eniConfigs"],
      PodNetwork: ["cluster", "podCidrs", "subnetPrefixLength", "workerGroups"],
      PodSubnets: ["subnets"],
      SecondaryCidr: ["blocks"],
      VpcCni: ["clusterName", "podIdentityAssociations"],
      WorkerGroup: ["clusterName", "groupName", "zones", "minSize", "taints"],
    });
  });

  it("describes every component", () => {
    const silent = Object.entries(schema.resources).filter(
      ([, { description }]) => description === undefined,
    );
    assert.deepEqual(silent, []);
  });
});
