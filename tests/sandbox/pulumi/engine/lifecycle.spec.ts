import assert from "node:assert/strict";
import { eachWithProject, TAKES_MS, type TestProject } from "./testProject";

describe("the stand-in engine", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  eachWithProject((made) => {
    project = made;
  });

  it("previews without doing, does it, finds nothing to do, and undoes it in reverse order", async () => {
    const program = `
      const a = new File("a", { value: "x" });
      const g = new Group("g", { value: 1 });
      const b = new File("b", { value: a.made }, { dependsOn: [g] });
      exports.made = b.made;
      exports.names = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];`;
    const preview = await project.preview(program);
    assert.deepEqual(preview.changes, { create: 5 });
    assert.deepEqual(project.resources(), []);
    assert.equal(project.state().resources, undefined);

    const up = await project.up();
    assert.deepEqual(up.changes, { create: 5 });
    assert.deepEqual([...up.steps].sort(), ["create a", "create b", "create g", "create g-inner"]);
    assert.deepEqual(project.resources(), ["a", "b", "g-inner"]);
    const outputs = await project.stack.outputs();
    assert.equal(outputs.made?.value, project.stateOf("b").id);
    assert.deepEqual(outputs.names?.value, ["organization", "tiny", "dev"]);
    assert.deepEqual(project.stateOf("b").dependencies, [
      "urn:pulumi:dev::tiny::folder:index:File::a",
      "urn:pulumi:dev::tiny::test:index:Group$folder:index:File::g-inner",
    ]);

    project.calls();
    const again = await project.up();
    assert.deepEqual(again.changes, { same: 5 });
    assert.deepEqual(
      project.calls().filter((call) => !/^(check|cancel)/.test(call)),
      [],
    );

    const destroy = await project.destroy();
    assert.deepEqual(destroy.changes, { delete: 5 });
    const calls = project.calls().filter((call) => /^deleted? /.test(call));
    assert.ok(calls.indexOf("deleted b") < calls.indexOf("delete a"), calls.join());
    assert.ok(calls.indexOf("deleted b") < calls.indexOf("delete g-inner"), calls.join());
    assert.deepEqual(project.resources(), []);
    assert.equal(project.state().resources, undefined);
  });

  it("updates in place and hands on what changes", async () => {
    await project.up(`const a = new File("a", { value: 1 }); new File("b", { value: a.echo });`);
    const id = project.stateOf("a").id;
    const preview = await project.preview(
      `const a = new File("a", { value: 2 }); new File("b", { value: a.echo });`,
    );
    assert.deepEqual(preview.changes, { same: 1, update: 2 });
    const up = await project.up();
    assert.deepEqual(up.steps, ["update a", "update b"]);
    assert.equal(project.stateOf("a").id, id);
    assert.equal(project.stateOf("b").outputs?.echo, 2);
    const metadata = up.events.find(({ resOutputsEvent }) => resOutputsEvent?.metadata.op === "update");
    assert.deepEqual(metadata?.resOutputsEvent?.metadata.old?.inputs.value, 1);
    assert.deepEqual(metadata.resOutputsEvent.metadata.new?.inputs.value, 2);
  });

  it("replaces by creating first, moving what depends on it, and deleting last", async () => {
    const program = (value: number) => `
      const a = new File("a", { replace: ${value} });
      new File("b", { value: a.made });
      new File("c", { replace: a.made });`;
    await project.up(program(1));
    project.calls();
    const preview = await project.preview(program(2));
    assert.deepEqual(preview.changes, { same: 1, replace: 2, update: 1 });
    const up = await project.up();
    assert.deepEqual(up.steps.slice(0, 2), ["create-replacement a", "replace a"]);
    assert.deepEqual([...up.steps.slice(-2)], ["delete-replaced c", "delete-replaced a"]);
    assert.deepEqual(project.resources(), ["a", "b", "c"]);
    assert.equal(project.stateOf("c").inputs?.replace, project.stateOf("a").id);
  });

  it("replaces by deleting first, together with what can't stay meanwhile", async () => {
    const program = (value: number) => `
      const a = new File("a", { deleteFirst: ${value} });
      const b = new File("b", { value: a.made });
      const c = new File("c", { replace: a.made });
      new File("d", { value: c.made });`;
    await project.up(program(1));
    project.calls();
    const up = await project.up(program(2));
    assert.deepEqual(up.changes, { same: 1, replace: 2, update: 2 });
    const calls = project.calls().filter((call) => /^(create|delete|update) /.test(call));
    assert.deepEqual(calls.slice(0, 3), ["delete c", "delete a", "create a"]);
    assert.deepEqual([...calls.slice(3)].sort(), ["create c", "update b", "update d"]);
    assert.deepEqual(project.resources(), ["a", "b", "c", "d"]);
  });

  it("deletes what the program no longer has", async () => {
    await project.up(`const a = new File("a"); new Group("g", { value: a.made });`);
    const up = await project.up(`new File("z");`);
    assert.deepEqual(up.changes, { same: 1, create: 1, delete: 3 });
    assert.deepEqual(project.resources(), ["z"]);
  });

  it("knows a resource by its alias, and its children by the alias of their parent", async () => {
    await project.up(`new File("a"); new Group("g");`);
    const up = await project.up(
      `new File("b", {}, { aliases: [{ name: "a" }] }); new Group("h", {}, { aliases: [{ name: "g" }] });`,
    );
    assert.deepEqual(up.changes, { same: 4 });
    assert.deepEqual(project.resources(), ["a", "g-inner"]);
    assert.equal(project.stateOf("h-inner").parent, "urn:pulumi:dev::tiny::test:index:Group::h");
  });
});
