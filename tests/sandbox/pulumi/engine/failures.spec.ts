import assert from "node:assert/strict";
import { eachWithProject, TAKES_MS, type TestProject } from "./testProject";

describe("failures on the stand-in engine", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  eachWithProject((made) => {
    project = made;
  });

  it("a failed creation begins nothing new, finishes what runs, and keeps what was made", async () => {
    const up = await project.up(`
      const slow = new File("slow", { slow: 500 });
      const bad = new File("bad", { fail: "no luck" });
      new File("after", { value: bad.made });`);
    assert.ok(up.error);
    assert.deepEqual(up.errors, ["no luck", "update failed"]);
    const failed = up.events.find(({ resOpFailedEvent }) => resOpFailedEvent !== undefined);
    assert.equal(failed?.resOpFailedEvent?.metadata.urn, "urn:pulumi:dev::tiny::folder:index:File::bad");
    assert.deepEqual(project.resources(), ["slow"]);
    assert.equal(project.stateOf("slow").outputs?.made, project.stateOf("slow").id);
    assert.equal(project.state().pending_operations, undefined);
    const [history] = await project.stack.history(1);
    assert.equal(history?.result, "failed");

    const repaired = await project.up(`new File("slow", { slow: 500 }); new File("bad");`);
    assert.deepEqual(repaired.changes, { same: 2, create: 1 });
  });

  it("what a provider does not accept is said before anything is done", async () => {
    const preview = await project.preview(`new File("a", { invalid: "too bad" });`);
    assert.deepEqual(preview.errors, [
      `folder:index:File resource 'a': property invalid value {too bad} has a problem: too bad`,
    ]);
  });

  it("a program that ends with an exit code of its own fails the update", async () => {
    const up = await project.up(`process.exit(3);`);
    assert.deepEqual(up.errors, ["Program exited with non-zero exit code: 3"]);
    assert.ok(up.error);
  });

  it("an error in the program fails the update, with its own words", async () => {
    const up = await project.up(`new File("a").made.apply(() => { throw new Error("late"); });`);
    assert.match(up.errors.join("\n"), /Error: late/);
    assert.ok(up.error);
  });

  it("two resources of one name are refused", async () => {
    const up = await project.up(`new File("a"); new File("a");`);
    assert.match(
      up.errors[0] ?? "",
      /^Duplicate resource URN 'urn:pulumi:dev::tiny::folder:index:File::a'; try giving it a unique name$/,
    );
  });

  it("a plugin that isn't on the PATH is refused by name, and how to have it is said", async () => {
    const up = await project.up(`new pulumi.CustomResource("nobody:index:Thing", "a", {});`);
    assert.match(up.errors[0] ?? "", /no resource plugin 'pulumi-resource-nobody' found on your \$PATH/);
  });

  it("an old resource that can't be deleted after its replacement is tried again the next time", async () => {
    await project.up(`new File("a", { replace: 1, failDelete: "stuck" });`);
    const up = await project.up(`new File("a", { replace: 2 });`);
    assert.deepEqual(up.errors, ["stuck", "update failed"]);
    const states = (project.state().resources ?? []).filter(({ urn }) => urn.endsWith("::a"));
    assert.deepEqual(
      states.map((state) => state.delete),
      [undefined, true],
    );
    const again = await project.up();
    assert.deepEqual(again.errors, ["stuck", "update failed"]);
  });

  it("what the program and its people should read comes as events", async () => {
    const up = await project.up(`
      console.log("to stdout"); console.error("to stderr");
      pulumi.log.warn("about", new File("a"));`);
    const said = up.events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent === undefined || (diagnosticEvent.severity as string) === "debug"
        ? []
        : [
            [
              diagnosticEvent.severity,
              diagnosticEvent.message.trim(),
              diagnosticEvent.urn?.split("::").at(-1),
            ],
          ],
    );
    assert.deepEqual(said.map(([severity, message]) => `${String(severity)}: ${String(message)}`).sort(), [
      "info#err: to stderr",
      "info: to stdout",
      "warning: about",
    ]);
    assert.equal(said.find(([severity]) => severity === "warning")?.[2], "a");
  });
});
