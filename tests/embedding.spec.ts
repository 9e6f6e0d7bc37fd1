import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { editorSchema, type EditorSchema } from "../automation/init/editorSchema";
import { ComponentPlugin } from "./support/componentPlugin";
import { temporaryFolder } from "./support/temporaryFolder";

const checkout = join(__dirname, "..");

/** A program of somebody's own: takes an environment of a file, and follows a run on it. */
const program = (pulumiAutomation: string) => `
import { environmentNamed, readEnvironments, Runner, type RunnerEvent, type RunnerOptions } from "eks-pod-network/automation";
import { planSubnets } from "eks-pod-network/planning";
import type { PodNetwork } from "eks-pod-network";
import type {} from "eks-pod-network/existingCluster";
import { PulumiCommand } from "${pulumiAutomation}";

export type Summary = PodNetwork["summary"];

async function main(root: string): Promise<void> {
  const options: RunnerOptions = { workDir: ".", pulumi: await PulumiCommand.get({ root }) };
  const environment = environmentNamed("dev", readEnvironments("environments.yaml"));
  const events: RunnerEvent["type"][] = [];
  const seen: string[] = [typeof planSubnets];
  for (const runner of [new Runner(options), new Runner(options)]) {
    const run = runner.verify(environment);
    try {
      for await (const event of run) events.push(event.type);
    } catch (error) {
      seen.push((error as Error).message);
    }
    const isVerified: Promise<boolean> = run.result.then((verification) => verification.isVerified);
    await isVerified.catch((error: unknown) => seen.push((error as Error).name));
  }
  console.log(JSON.stringify({ events, seen }));
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
`;

/** Of a cluster that is never asked. */
const KUBECONFIG = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "dev",
  contexts: [{ name: "dev", context: { cluster: "dev", user: "dev" } }],
  clusters: [{ name: "dev", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "dev", user: { token: "none" } }],
};

describe("the package, as others install it", function () {
  // Installs Pulumi and its providers.
  this.timeout(10 * 60_000);
  const folder = temporaryFolder();
  const installed = join(folder, "node_modules", "eks-pod-network");
  before(() => {
    const npm = (...args: string[]) =>
      execFileSync("npm", [...args, "--ignore-scripts"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "embedder", private: true }));
    npm("pack", checkout, "--pack-destination", folder);
    const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    npm("install", "--engine-strict", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("has the schemas by which editors check the files that podnet init writes", () => {
    const schemaOf = (file: string, schema: EditorSchema) =>
      editorSchema(join(folder, "stacks", file), schema, folder);
    assert.equal(
      schemaOf("environments.yaml", "environments.schema.json"),
      "../node_modules/eks-pod-network/stacks/environments.schema.json",
    );
    assert.equal(
      schemaOf("Pulumi.dev.yaml", "existingCluster/config.schema.json"),
      "../node_modules/eks-pod-network/stacks/existingCluster/config.schema.json",
    );
  });

  it("is a plugin of Pulumi for every language, with the same schema as the checkout", async () => {
    const schemas: unknown[] = [];
    for (const plugin of [new ComponentPlugin({ folder: installed }), new ComponentPlugin()]) {
      try {
        await plugin.start();
        schemas.push(await plugin.schema());
      } finally {
        await plugin.stop();
      }
    }
    assert.deepEqual(schemas[0], schemas[1]);
  });

  /** A project with the program, in a folder of its own. */
  function projectOf(name: string, type: string, pulumiAutomation: string): string {
    const project = join(folder, name);
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ type }));
    const environment = { name: "dev", region: "us-west-2", kubeconfig: "kubeconfig.yaml" };
    writeFileSync(join(project, "environments.yaml"), stringify({ environments: [environment] }));
    writeFileSync(join(project, "kubeconfig.yaml"), stringify(KUBECONFIG));
    writeFileSync(join(project, "main.ts"), program(pulumiAutomation));
    const compilerOptions = {
      strict: true,
      target: "es2023",
      types: ["node"],
      typeRoots: [join(checkout, "node_modules", "@types")],
      // Ours are to be right for those who check the declarations of packages as well.
      skipLibCheck: false,
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    return project;
  }

  function compile(project: string, ...options: string[]): void {
    const tsc = join(checkout, "node_modules", "typescript", "bin", "tsc");
    execFileSync(process.execPath, [tsc, "--project", ".", ...options], { cwd: project, stdio: "inherit" });
  }

  it("has types that are right where exports are unknown to TypeScript, or are for a bundler", () => {
    const project = projectOf("others", "commonjs", "@pulumi/pulumi/automation");
    compile(project, ..."--module commonjs --moduleResolution node10 --esModuleInterop --noEmit".split(" "));
    compile(project, ..."--module esnext --moduleResolution bundler --noEmit".split(" "));
  });

  for (const { type, pulumiAutomation } of [
    { type: "commonjs", pulumiAutomation: "@pulumi/pulumi/automation" },
    // Pulumi's package has no exports, and ES modules take no folders.
    { type: "module", pulumiAutomation: "@pulumi/pulumi/automation/index.js" },
  ]) {
    it(`is used by its types in a project of type ${type}`, () => {
      const project = projectOf(type, type, pulumiAutomation);
      for (const module of ["node16", "nodenext"]) compile(project, "--module", module);
      const pulumiRoot = join(installed, "dist", "sandbox", "pulumi");
      const said = execFileSync(process.execPath, ["main.js", pulumiRoot], {
        cwd: project,
        encoding: "utf8",
      });
      const missing = "opening stack dev failed: there is no Pulumi.yaml.";
      assert.deepEqual(JSON.parse(said), {
        events: [],
        seen: ["function", missing, "PulumiError", missing, "PulumiError"],
      });
    });
  }
});
