import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eachWithProject, TAKES_MS, type TestProject } from "./testProject";

describe("resource options on the stand-in engine", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  eachWithProject((made) => {
    project = made;
  });

  /** Puts a resource into the world that nobody made. */
  const found = (id: string, properties: Record<string, unknown>) => {
    const there = { defaulted: "by the provider", ...properties, made: id };
    writeFileSync(join(project.world, `${id}.json`), JSON.stringify(there));
  };

  it("protect refuses the deletion and the replacement, naming the resource", async () => {
    await project.up(`new File("a", { replace: 1 }, { protect: true });`);
    const urn = "urn:pulumi:dev::tiny::folder:index:File::a";

    const replaced = await project.up(`new File("a", { replace: 2 }, { protect: true });`);
    assert.match(replaced.errors[0] ?? "", new RegExp(`^unable to replace resource "${urn}"`));
    for (const preview of [true, false]) {
      const removed = preview ? await project.preview("") : await project.up("");
      assert.match(
        removed.errors[0] ?? "",
        new RegExp(`resource "${urn}" cannot be deleted\nbecause it is protected`),
      );
    }
    const destroyed = await project.destroy();
    assert.match(destroyed.errors[0] ?? "", new RegExp(`resource "${urn}" cannot be deleted`));
    assert.ok(destroyed.error);
    assert.deepEqual(project.resources(), ["a"]);
    assert.equal(project.stateOf("a").protect, true);

    await project.up(`new File("a", { replace: 1 });`);
    assert.equal((await project.destroy()).error, undefined);
  });

  it("protect of a component protects its children", async () => {
    await project.up(`new Group("g", {}, { protect: true });`);
    assert.equal(project.stateOf("g-inner").protect, true);
  });

  it("ignoreChanges keeps a property as it was, and only that one", async () => {
    const program = (inner: number, other: number) =>
      `new File("a", { value: { x: ${inner}, y: [1, ${inner}] }, other: ${other} }, { ignoreChanges: ["value.x", "value.y[1]"] });`;
    await project.up(program(1, 1));
    assert.deepEqual((await project.up(program(2, 1))).changes, { same: 2 });
    await project.up(program(2, 2));
    assert.deepEqual(project.stateOf("a").inputs?.value, { x: 1, y: [1, 1] });
    assert.equal(project.stateOf("a").inputs?.other, 2);
  });

  it("import takes over what is there, and may stay in the program", async () => {
    found("there-12345678", { value: "old" });
    const program = `const a = new File("a", { value: "old" }, { import: "there-12345678" }); exports.made = a.made;`;
    assert.deepEqual((await project.preview(program)).changes, { create: 1, import: 1 });
    assert.deepEqual((await project.up()).changes, { create: 1, import: 1 });
    assert.deepEqual((await project.stack.outputs()).made?.value, "there-12345678");
    assert.deepEqual((await project.up()).changes, { same: 2 });
    assert.equal(project.stateOf("a").importID, "there-12345678");
  });

  it("import and update happen in one update when the program wants it otherwise", async () => {
    found("there-12345678", { value: "old" });
    const up = await project.up(`new File("a", { value: "new" }, { import: "there-12345678" });`);
    assert.deepEqual(up.steps, ["import a", "update a"]);
    assert.equal(project.stateOf("a").outputs?.echo, "new");
  });

  it("import fails for what isn't there", async () => {
    const up = await project.up(`new File("a", {}, { import: "nowhere-12345678" });`);
    assert.equal(up.errors[0], "resource 'nowhere-12345678' does not exist");
  });

  it("a resource that is only read is never deleted", async () => {
    found("there-12345678", { value: "old" });
    const program = `const a = new File("a", {}, { id: "there-12345678" }); new File("b", { value: a.made });`;
    await project.up(program);
    assert.equal(project.stateOf("b").inputs?.value, "there-12345678");
    assert.equal(project.stateOf("a").external, true);
    await project.up("");
    assert.deepEqual(project.resources(), ["there"]);
  });

  it("retainOnDelete leaves the resource, deletedWith saves its deletion", async () => {
    await project.up(`
      new File("a", {}, { retainOnDelete: true });
      const b = new File("b");
      new File("c", {}, { deletedWith: b });`);
    project.calls();
    assert.deepEqual((await project.destroy()).changes, { delete: 4 });
    assert.deepEqual(
      project.calls().filter((call) => call.startsWith("delete ")),
      ["delete b"],
    );
    assert.deepEqual(project.resources(), ["a", "c"]);
  });

  it("replaceOnChanges replaces where the provider would update", async () => {
    const program = (value: number) =>
      `new File("a", { value: { x: ${value} } }, { replaceOnChanges: ["value.x"] });`;
    await project.up(program(1));
    assert.deepEqual((await project.up(program(2))).changes, { same: 1, replace: 1 });
  });

  it("deleteBeforeReplace of the program counts more than the provider's", async () => {
    const program = (value: number) => `new File("a", { replace: ${value} }, { deleteBeforeReplace: true });`;
    await project.up(program(1));
    project.calls();
    await project.up(program(2));
    assert.deepEqual(
      project.calls().filter((call) => /^(create|delete) /.test(call)),
      ["delete a", "create a"],
    );
  });

  it("customTimeouts come to the state in seconds", async () => {
    await project.up(`new File("a", {}, { customTimeouts: { create: "5m", delete: "1h30m" } });`);
    assert.deepEqual(project.stateOf("a").customTimeouts, { create: 300, delete: 5400 });
  });

  it("what it can't do it refuses by name", async () => {
    // In a function: an error while a program is loaded costs the SDK half a minute to word.
    const hooked = await project.up(`
      module.exports = async () => {
        const hook = new pulumi.ResourceHook("h", async () => {});
        new File("a", {}, { hooks: { beforeCreate: [hook] } });
      };`);
    assert.ok(hooked.error);
    assert.match(hooked.errors.join("\n"), /hooks/i);
    const transformed = await project.up(`
      module.exports = async () => { new File("a", {}, { transforms: [async () => undefined] }); };`);
    assert.ok(transformed.error);
    assert.match(transformed.errors.join("\n"), /transforms/);
    const remote = await project.up(`
      class Remote extends pulumi.ComponentResource { constructor() { super("folder:index:Remote", "r", {}, {}, true); } }
      new Remote();`);
    assert.match(remote.errors[0] ?? "", /does not support remote components/);
    assert.deepEqual(project.resources(), []);
  });
});
