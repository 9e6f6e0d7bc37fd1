import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { init } from "../../../automation/init/init";
import { writeInOrder } from "../../../automation/init/writeInOrder";
import { InvalidInputError } from "../../../planning/problem";
import { temporaryFolder } from "../../support/temporaryFolder";

describe("what is in the way of a new environment", () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const have = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  /** What is said of it, without this folder, before anything is asked. */
  const said = async (name = "prod"): Promise<string[]> => {
    try {
      await init({ name, clusterName: "shop", region: "us-west-2", workDir: folder }, () =>
        assert.fail("it is asked"),
      );
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return error.problems.map(({ path, reason }) => `${path}: ${reason}`.replaceAll(`${folder}/`, ""));
    }
    return assert.fail("nothing was in the way");
  };

  it("is told at once, and nothing is written", async () => {
    have("index.ts", "");
    have("eks-pod-network.cjs", "");
    have("stacks/environments.yaml", "environments: [{ name: prod, region: moon, after: [dev] }]\n");
    assert.deepEqual(await said("we/ird"), [
      'name: "we/ird" can\'t be used.',
      `workDir: has index.ts and eks-pod-network.cjs already, and no Pulumi.yaml: no name is left for the program.`,
      'environments[0].region: "moon" can\'t be used.',
      'environments[0].after[0]: there is no environment "dev".',
    ]);
    assert.deepEqual(readdirSync(folder).sort(), ["eks-pod-network.cjs", "index.ts", "stacks"]);
    assert.deepEqual(readdirSync(join(folder, "stacks")), ["environments.yaml"]);
  });

  it("is such an environment, and such a stack", async () => {
    have("Pulumi.yaml", "name: shop\n");
    have("Pulumi.prod.yaml", "");
    have("stacks/environments.yaml", "environments:\n  - { name: prod, region: us-west-2 }\n");
    assert.deepEqual(await said(), [
      "name: stacks/environments.yaml has an environment prod already.",
      "name: Pulumi.prod.yaml is there already.",
    ]);
  });

  it("is a file of environments to which none can be added", async () => {
    have("stacks/environments.yaml", "environments: [{ name: dev, region: us-west-2 }]\n");
    assert.deepEqual(await said(), [
      "environments: is no list with a line for each key, to which an entry can be added.",
    ]);
  });

  it("is a folder, and a file, that this user must not write", async () => {
    have("stacks/environments.yaml", "environments:\n  - { name: dev, region: us-west-2 }\n");
    chmodSync(join(folder, "stacks", "environments.yaml"), 0o444);
    chmodSync(folder, 0o555);
    try {
      // Permissions don't bind root, to whom nothing is in the way.
      if (process.getuid?.() === 0) {
        await assert.rejects(said(), /it is asked/);
        return;
      }
      assert.deepEqual(await said(), [
        `${folder}: must not be written by this user.`,
        "stacks/environments.yaml: must not be written by this user.",
      ]);
    } finally {
      chmodSync(folder, 0o755);
    }
  });

  it("is a file in the place of a folder, and a Pulumi.yaml that can't be read", async () => {
    have("stacks", "");
    assert.deepEqual(await said(), ["stacks: is no folder, and files are to be written there."]);
    have("Pulumi.yaml", "name: [\n");
    const [broken = "", ...others] = await said();
    assert.match(broken, /^Pulumi\.yaml: is no YAML: /);
    assert.deepEqual(others, ["stacks: is no folder, and files are to be written there."]);
  });
});

describe("the files of a new environment", () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string) => ({ path: join(folder, name), content: name });
  const project = () => ({ program: file("index.ts"), project: file("Pulumi.yaml") });

  it("are written with the program first and Pulumi.yaml last", () => {
    const files = writeInOrder(project(), [{ ...file("stacks/Pulumi.prod.yaml"), isNew: true }]);
    const order = ["index.ts", "stacks/Pulumi.prod.yaml", "Pulumi.yaml"];
    assert.deepEqual(
      files,
      order.map((name) => ({ path: join(folder, name), isNew: true })),
    );
    for (const name of order) assert.equal(readFileSync(join(folder, name), "utf8"), name);
  });

  it("overwrite none but the one that is added to, and make no project when that fails", () => {
    writeFileSync(join(folder, "old.yaml"), "old");
    writeInOrder({}, [{ ...file("old.yaml"), isNew: false }]);
    assert.equal(readFileSync(join(folder, "old.yaml"), "utf8"), "old.yaml");
    assert.throws(() => writeInOrder(project(), [{ ...file("old.yaml"), isNew: true }]), /EEXIST/);
    assert.ok(!existsSync(join(folder, "Pulumi.yaml")));
  });
});
