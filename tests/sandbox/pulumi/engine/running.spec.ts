import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import { eachWithProject, TAKES_MS, type Ran, type TestProject } from "./testProject";

describe("running on the stand-in engine", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  eachWithProject((made) => {
    project = made;
  });

  /** Resolves when the provider's log has a line. */
  const logged = (line: string) =>
    new Promise<void>((resolve) => {
      const path = join(project.world, "log.txt");
      const has = () => existsSync(path) && readFileSync(path, "utf8").split("\n").includes(line);
      const watcher = watch(project.world, () => {
        if (!has()) return;
        watcher.close();
        resolve();
      });
    });

  /** `pulumi up` as a process; what came of it when it is over. */
  const up = () => {
    const child = spawn(project.pulumi.command, ["up", "--yes", "--skip-preview", "--stack", "dev"], {
      cwd: project.projectFolder,
      env: { ...process.env, ...project.env },
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, ended };
  };

  it("after an interruption finishes what was begun, begins nothing, and the next update goes on", async () => {
    project.program(`
      const a = new File("a", { slow: 1500 });
      new File("b", { value: a.made });`);
    const { child, ended } = up();
    await logged("create a");
    child.kill("SIGINT");
    assert.equal(await ended, 1);
    assert.deepEqual(project.resources(), ["a"]);
    assert.equal(project.stateOf("a").outputs?.made, project.stateOf("a").id);
    assert.equal(project.state().pending_operations, undefined);
    assert.ok(project.calls().includes("cancel "));

    assert.deepEqual((await project.up()).changes, { same: 2, create: 1 });
  });

  it("interrupted twice it ends at once, and leaves no lock", async () => {
    project.program(`new File("a", { slow: 20_000 });`);
    const { child, ended } = up();
    await logged("create a");
    child.kill("SIGINT");
    await logged("cancel ");
    child.kill("SIGINT");
    assert.equal(await ended, 1);
    assert.equal(project.state().pending_operations?.length, 1);
    assert.equal((await project.refresh({ clearPendingCreates: true })).error, undefined);
  });

  it("when it is killed it stays locked, and the state says what it was doing until somebody clears that", async () => {
    project.program(`new File("a", { slow: 1500 });`);
    const { child, ended } = up();
    await logged("create a");
    child.kill("SIGKILL");
    await ended;
    assert.deepEqual(
      project.state().pending_operations?.map(({ type, resource }) => [type, resource.urn]),
      [["creating", "urn:pulumi:dev::tiny::folder:index:File::a"]],
    );
    const locked = await project.up(`new File("b");`);
    assert.ok(locked.error instanceof ConcurrentUpdateError, String(locked.error));

    await project.stack.cancel();
    const warnings = ({ events }: Ran) =>
      events.flatMap(({ diagnosticEvent: said }) => (said?.severity === "warning" ? [said.message] : []));
    const [warning, ...others] = warnings(await project.up());
    assert.match(
      warning ?? "",
      /during 1 pending operations:\n {2}\* urn:\S+:File::a, interrupted while creating\nLook in AWS/,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(warnings(await project.up(undefined, { refresh: true })), []);
    assert.equal(project.state().pending_operations?.length, 1);
    await project.refresh({ clearPendingCreates: true });
    assert.equal(project.state().pending_operations, undefined);
  });

  it("an update notes what it was cut off in updating no more, for the state tells", async () => {
    await project.up(`new File("a", { value: 1 });`);
    project.program(`new File("a", { value: 2, slow: 20_000 });`);
    const { child, ended } = up();
    await logged("update a");
    child.kill("SIGKILL");
    await ended;
    assert.equal(project.state().pending_operations?.[0]?.type, "updating");
    await project.stack.cancel();
    await project.up(`new File("a", { value: 2 });`);
    assert.equal(project.state().pending_operations, undefined);
  });

  it("does no more at once than it may", async () => {
    const program = `for (const name of ["a", "b", "c"]) new File(name, { slow: 100 });`;
    await project.up(program, { parallel: 1 });
    const calls = project.calls().filter((call) => /^created? /.test(call));
    for (let index = 0; index < calls.length; index += 2)
      assert.equal(calls[index + 1], calls[index]?.replace("create", "created"), calls.join());
    assert.equal(calls.length, 6);
  });

  it("previews what isn't known as unknown, and asks nothing of an invoke with it", async () => {
    const program = `
      const a = new File("a", { value: 21 });
      exports.doubled = pulumi.runtime.invokeOutput("folder:index:double", { number: a.echo }).apply((r) => r.result);
      exports.four = pulumi.runtime.invoke("folder:index:double", { number: 2 });`;
    const preview = await project.preview(program);
    assert.deepEqual(preview.errors, []);
    const stack = preview.events
      .map(({ resOutputsEvent }) => resOutputsEvent?.metadata)
      .filter((metadata) => metadata?.type === "pulumi:pulumi:Stack")
      .at(-1);
    assert.deepEqual(stack?.new?.outputs, {
      doubled: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      four: { result: 4 },
    });
    await project.up();
    assert.equal((await project.stack.outputs()).doubled?.value, 42);
  });

  it("an invoke that fails is the program's to handle", async () => {
    await project.up(`
      exports.caught = pulumi.runtime.invoke("folder:index:nothing", {}).catch((error) => error.message);`);
    assert.equal(
      (await project.stack.outputs()).caught?.value,
      "invocation of folder:index:nothing returned an error: no function folder:index:nothing",
    );
  });

  it("resources use the provider that they are given, also by their parents", async () => {
    await project.up(`
      const provider = new FolderProvider("p", { region: "here" });
      new File("a", {}, { provider });
      new Group("g", {}, { providers: [provider] });`);
    const { id } = project.stateOf("p");
    for (const name of ["a", "g-inner"])
      assert.equal(
        project.stateOf(name).provider,
        `urn:pulumi:dev::tiny::pulumi:providers:folder::p::${String(id)}`,
      );
    assert.deepEqual(project.stateOf("p").inputs, { region: "here" });
    assert.equal((await project.destroy()).error, undefined);
  });

  it("secrets stay secrets in the state, in events and in outputs", async () => {
    const run = await project.up(`
      const a = new File("a", { value: pulumi.secret({ x: "hush" }) }, { additionalSecretOutputs: ["made"] });
      exports.echo = a.echo;
      exports.made = a.made;`);
    const state = JSON.stringify(project.state());
    assert.ok(!state.includes("hush"));
    const all = JSON.stringify(run.events.filter(({ diagnosticEvent }) => diagnosticEvent === undefined));
    assert.ok(!all.includes("hush"));
    const { echo, made } = await project.stack.outputs();
    assert.deepEqual(echo, { value: { x: "hush" }, secret: true });
    assert.equal(made?.secret, true);
    assert.deepEqual((await project.up()).changes, { same: 2 });
  });

  it("a refresh takes note of what changed and of what is gone, and an update mends it", async () => {
    await project.up(
      `const a = new File("a", { value: "x" }); const b = new File("b"); new File("c", { value: b.made });`,
    );
    const [a, b] = [String(project.stateOf("a").id), String(project.stateOf("b").id)];
    const drifted = { value: "drifted", defaulted: "by the provider", made: a, echo: "drifted" };
    writeFileSync(join(project.world, `${a}.json`), JSON.stringify(drifted));
    rmSync(join(project.world, `${b}.json`));

    const refreshed = await project.refresh();
    assert.deepEqual(refreshed.changes, { same: 2, update: 1, delete: 1 });
    assert.equal(project.stateOf("a").outputs?.value, "drifted");
    assert.equal(
      project.state().resources?.some(({ urn }) => urn.endsWith("::b")),
      false,
    );

    const mended = await project.up();
    assert.deepEqual(mended.changes, { same: 1, update: 2, create: 1 });
    assert.equal(project.stateOf("a").outputs?.value, "x");
  });

  it("a refresh leaves the order of the state as it was, whatever answers first", async () => {
    await project.up(`
      const a = new File("a");
      new Group("g", {}, { dependsOn: a });`);
    const order = () => project.state().resources?.map(({ urn }) => urn);
    const before = order();
    await project.refresh();
    assert.deepEqual(order(), before);
  });

  it("refreshes before every operation where the project says so", async () => {
    await project.up(`new File("a", { value: "x" }, { ignoreChanges: ["value"] });`);
    const a = String(project.stateOf("a").id);
    const drifted = { value: "drifted", defaulted: "by the provider", made: a, echo: "drifted" };
    writeFileSync(join(project.world, `${a}.json`), JSON.stringify(drifted));

    await project.up();
    assert.equal(project.stateOf("a").outputs?.value, "x");
    project.write(
      "Pulumi.yaml",
      "name: tiny\nruntime:\n  name: nodejs\n  options:\n    typescript: false\noptions:\n  refresh: always\n",
    );
    await project.up();
    assert.equal(project.stateOf("a").outputs?.value, "drifted");
  });

  it("runs a TypeScript program in the folder that main names, with its own compiler settings", async () => {
    mkdirSync(join(project.projectFolder, "programs", "one"), { recursive: true });
    project.write(
      "Pulumi.yaml",
      "name: tiny\nmain: programs/one\nruntime:\n  name: nodejs\n  options:\n    tsconfig: ../../tsconfig.json\n    nodeargs: --title=a-title\n",
    );
    project.write(
      "tsconfig.json",
      '{ "compilerOptions": { "module": "nodenext", "target": "es2022", "noCheck": true } }',
    );
    project.write(
      "programs/one/index.ts",
      `import { getRootDirectory } from "@pulumi/pulumi/runtime";
       export const answer: number = 42;
       export const title = process.title;
       export const folder = process.cwd().endsWith("programs/one");
       export const root = getRootDirectory() === process.cwd().replace("/programs/one", "");`,
    );
    const run = await project.up();
    assert.deepEqual(run.errors, []);
    const outputs = await project.stack.outputs();
    assert.deepEqual(
      Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value as unknown])),
      { answer: 42, folder: true, root: true, title: "a-title" },
    );
  });

  it("--expect-no-changes fails when there are some", async () => {
    assert.ok((await project.preview(`new File("a");`, { expectNoChanges: true })).error);
    await project.up();
    assert.equal((await project.up(undefined, { expectNoChanges: true })).error, undefined);
  });

  it("--expect-no-changes takes a look at somebody else's resource for no change", async () => {
    const alone = `exports.id = new File("a", { value: "1" }).id;`;
    await project.up(alone);
    const { id } = await project.stack.outputs();
    const looking = `${alone}
      new File("b", {}, { id: ${JSON.stringify(id?.value)} });`;
    assert.equal((await project.up(looking, { expectNoChanges: true })).error, undefined);
    const looked = await project.up(alone, { expectNoChanges: true });
    assert.equal(looked.error, undefined);
    assert.deepEqual(looked.changes, { same: 2, discard: 1 });
    const { error } = await project.preview(`new File("c");`, { expectNoChanges: true });
    assert.match(error?.message ?? "", /exit code 7:.*no changes were expected for preview but/s);
  });

  it("events are numbered and begin with the configuration and end with the summary", async () => {
    await project.stack.setConfig("hidden", { value: "hush", secret: true });
    const { events } = await project.up(`new File("a");`);
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index),
    );
    assert.deepEqual(events[0]?.preludeEvent, { config: { "tiny:hidden": "[secret]" } });
    assert.deepEqual(events.at(-2)?.summaryEvent?.resourceChanges, { create: 2 });
    assert.deepEqual(events.at(-1)?.cancelEvent, {});
  });
});
