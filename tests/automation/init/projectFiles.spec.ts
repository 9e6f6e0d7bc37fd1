import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { editorSchema } from "../../../automation/init/editorSchema";
import { projectFiles } from "../../../automation/init/projectFiles";
import { problemsOf } from "../../support/problems";
import { stackFileText } from "../../../automation/init/stackFileText";
import { temporaryFolder } from "../../support/temporaryFolder";

describe("the files of a new project", () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const have = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };

  it("are none where there is a project, whose stacks are where it says", () => {
    have("index.ts", 'import program = require("eks-pod-network/existingCluster");\nexport = program;\n');
    have("Pulumi.yaml", "name: eks-pod-network\nstackConfigDir: config\n");
    assert.deepEqual(projectFiles(folder), { configFolder: "config", notes: [] });
    have("Pulumi.yaml", "name: eks-pod-network\n");
    assert.equal(projectFiles(folder).configFolder, ".");
  });

  it("are a program of the package, and a project that refreshes", () => {
    const { project, program } = projectFiles(folder);
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
    have("package.json", '{ "type": "module" }');
    const { project, program } = projectFiles(folder);
    assert.match(project?.content ?? "", /^main: index\.cjs$/m);
    assert.equal(program?.path, join(folder, "index.cjs"));
  });

  it("leave a file of the program's name as it is, and take another name, which they say", () => {
    have("index.ts", "console.log('mine');\n");
    const { project, program, notes } = projectFiles(folder);
    assert.match(project?.content ?? "", /^main: eks-pod-network\.cjs$/m);
    assert.equal(program?.path, join(folder, "eks-pod-network.cjs"));
    assert.match(program.content, /^module\.exports = require\("eks-pod-network\/existingCluster"\);$/m);
    assert.deepEqual(notes, [
      "index.ts is there already, and stays as it is: the program is eks-pod-network.cjs.",
    ]);
    symlinkSync("nowhere", join(folder, "eks-pod-network.cjs"));
    assert.deepEqual(
      problemsOf(() => projectFiles(folder)).map(({ path, reason }) => `${path}: ${reason}`),
      [
        "workDir: has index.ts and eks-pod-network.cjs already, and no Pulumi.yaml: no name is left for the program.",
      ],
    );
  });

  it("take the program of an attempt that was cut off", () => {
    have("index.ts", projectFiles(folder).program?.content ?? "");
    const { project, program, notes } = projectFiles(folder);
    assert.match(project?.content ?? "", /^main: index\.ts$/m);
    assert.deepEqual([program, notes], [undefined, []]);
  });

  it("may be somebody else's, which is said", () => {
    have("app.ts", "export const port = 80;\n");
    have("Pulumi.yaml", "name: shop\nmain: app.ts\nruntime: nodejs\n");
    const [note = ""] = projectFiles(folder).notes;
    const why = /may never read what was written: (.*?)\. Remove/.exec(note)?.[1];
    assert.equal(
      why,
      'its name is "shop", and the keys begin with eks-pod-network; its program (main: app.ts) does not name eks-pod-network',
    );
    assert.match(
      note,
      /--work-dir; or name the project eks-pod-network and have its program be this: module\./,
    );
    // The folder that Pulumi takes without main.
    have("Pulumi.yaml", "name: eks-pod-network\n");
    assert.match(projectFiles(folder).notes[0] ?? "", /written: its program does not name eks-pod-network\./);
    have("package.json", '{ "name": "shop", "main": "bin.js" }');
    have("bin.js", 'module.exports = require("eks-pod-network/existingCluster");\n');
    assert.deepEqual(projectFiles(folder).notes, []);
  });

  it("may be those of the package itself", () => {
    assert.deepEqual(projectFiles(join(__dirname, "..", "..", "..")), { configFolder: "stacks", notes: [] });
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
