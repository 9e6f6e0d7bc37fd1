import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { editorSchema } from "../../../automation/init/editorSchema";
import { projectFiles } from "../../../automation/init/projectFiles";
import { stackFileText } from "../../../automation/init/stackFileText";
import { temporaryFolder } from "../../support/temporaryFolder";

describe("the files of a new project", () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const written = () => projectFiles(folder).missing.map(({ path, content }) => ({ path, content }));

  it("are none where there is a project, whose stacks are where it says", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nstackConfigDir: config\n");
    assert.deepEqual(projectFiles(folder), { configFolder: "config", missing: [] });
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
    assert.equal(projectFiles(folder).configFolder, ".");
  });

  it("are a program of the package, and a project that refreshes", () => {
    const [project, program] = written();
    assert.equal(project?.path, join(folder, "Pulumi.yaml"));
    const { name, main, stackConfigDir, options } = parse(project.content) as Record<string, unknown>;
    assert.deepEqual(
      { name, main, stackConfigDir, options },
      { name: "eks-pod-network", main: "index.ts", stackConfigDir: "stacks", options: { refresh: "always" } },
    );
    assert.equal(program?.path, join(folder, "index.ts"));
    assert.match(program.content, /require\("eks-pod-network\/existingCluster"\)/);
  });

  it("are CommonJS in a package of ES modules as well", () => {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const [project, program] = written();
    assert.match(project?.content ?? "", /^main: index\.cjs$/m);
    assert.equal(program?.path, join(folder, "index.cjs"));
  });
});

describe("the schema of a file for editors", () => {
  const schema = "environments.schema.json";
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const make = (...path: string[]) => {
    mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(folder, ...path), "{}");
  };
  const schemaOf = () => editorSchema(join(folder, "stacks", "environments.yaml"), schema, folder);

  it("is in the package as it is installed, unless it is beside the file", () => {
    assert.equal(schemaOf(), undefined);
    make("node_modules", "eks-pod-network", "stacks", schema);
    assert.equal(schemaOf(), `../node_modules/eks-pod-network/stacks/${schema}`);
    make("stacks", schema);
    assert.equal(schemaOf(), schema);
  });
});

describe("stackFileText", () => {
  it("says what a person should look at beside each group of workers", () => {
    const text = stackFileText(
      {
        config: { clusterName: "shop", workerGroups: [{ name: "pods-a", replaces: ["a"], like: "a" }] },
        workerNotes: ["As a.\nLook at it."],
        notes: [],
      },
      { region: "us-west-2", kubeContext: "shop" },
      "config.schema.json",
    );
    assert.equal(
      text,
      `# yaml-language-server: $schema=config.schema.json
config:
  aws:region: us-west-2
  eks-pod-network:clusterName: shop
  eks-pod-network:workerGroups:
    # As a.
    # Look at it.
    - name: pods-a
      replaces:
        - a
      like: a
  eks-pod-network:kubeContext: shop
`,
    );
  });
});
