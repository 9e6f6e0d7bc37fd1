import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  StackAlreadyExistsError,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import { eachWithProject, TAKES_MS, type TestProject } from "./testProject";

describe("the stand-in's command line", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  eachWithProject((made) => {
    project = made;
  });

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(project.pulumi.command, args, {
      cwd: project.projectFolder,
      env: { ...process.env, ...project.env },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  const args = () => ({ stackName: "dev", workDir: project.projectFolder });
  const options = () => ({ envVars: project.env, pulumiCommand: project.pulumi });

  it("answers as a version that the Automation API accepts", () => {
    assert.equal(project.pulumi.version?.toString(), "3.248.0");
  });

  it("says that a stack is there already, or isn't there, so that the Automation API knows", async () => {
    await assert.rejects(LocalWorkspace.createStack(args(), options()), StackAlreadyExistsError);
    await assert.rejects(
      LocalWorkspace.selectStack({ ...args(), stackName: "nope" }, options()),
      StackNotFoundError,
    );
  });

  it("lists, exports, imports and removes stacks", async () => {
    await project.up(`new File("a", { value: pulumi.secret("hush") });`);
    await project.open("other");
    const { workspace } = project.stack;
    const stacks = await workspace.listStacks();
    assert.deepEqual(
      stacks.map(({ name, current, resourceCount }) => ({ name, current, resourceCount })),
      [
        { name: "dev", current: false, resourceCount: 3 },
        { name: "other", current: true, resourceCount: 0 },
      ],
    );

    const exported = await project.stack.exportStack();
    assert.ok(JSON.stringify(exported).includes("hush"));
    assert.ok(!JSON.stringify(project.state()).includes("hush"));
    await project.stack.importStack(exported);
    const { resources } = (await project.stack.exportStack()).deployment as { resources: unknown };
    assert.deepEqual(resources, (exported.deployment as { resources: unknown }).resources);
    // By file: what the Automation API refuses it leaves in the folder for temporary files.
    const file = join(project.projectFolder, "exported.json");
    writeFileSync(file, JSON.stringify(exported));
    const refused = run("stack", "import", "--file", file, "--stack", "other");
    assert.notEqual(refused.status, 0);
    assert.match(refused.stderr, /is of another stack/);

    await assert.rejects(workspace.removeStack("dev"), /still has resources; removal rejected/);
    await workspace.removeStack("dev", { force: true });
    assert.deepEqual(
      (await workspace.listStacks()).map(({ name }) => name),
      ["other"],
    );
    assert.equal(existsSync(join(project.projectFolder, "Pulumi.dev.yaml")), false);
  });

  it("lifts the protection of the resources that are named, or of all", async () => {
    const files = ["a", "b", "c"].map((name) => `new File("${name}", {}, { protect: true });`);
    await project.up(files.join("\n"));
    const urn = (name: string) => project.stateOf(name).urn;
    const unprotect = (...asked: string[]) => run("state", "unprotect", ...asked, "--stack", "dev");
    const kept = () => ["a", "b", "c"].filter((name) => project.stateOf(name)["protect"] === true);

    const unknown = unprotect(urn("a"), "urn:nobody");
    assert.equal(unknown.status, 1);
    assert.equal(unknown.stderr, 'error: No such resource "urn:nobody" exists in the current state\n');
    assert.match(unprotect().stderr, /must supply at least one resource URN, or --all/);
    assert.deepEqual(kept(), ["a", "b", "c"]);
    assert.equal(unprotect(urn("a")).status, 0);
    assert.deepEqual(kept(), ["b", "c"]);
    assert.equal((await project.preview(files.slice(1).join("\n"))).error, undefined);
    assert.equal(unprotect("--all", "--yes").status, 0);
    assert.deepEqual(kept(), []);
  });

  it("keeps the configuration in the project's stackConfigDir, comments and all", async () => {
    project.write(
      "Pulumi.yaml",
      "name: tiny\nruntime: nodejs\nstackConfigDir: stacks\nconfig:\n  preset: by the project\n",
    );
    mkdirSync(join(project.projectFolder, "stacks"));
    const path = join(project.projectFolder, "stacks", "Pulumi.staging.yaml");
    writeFileSync(path, "# what staging is for\nconfig:\n  tiny:kept: yes it is # stays\n");
    const stack = await project.open("staging");
    await stack.setAllConfig({
      plain: { value: "1" },
      hidden: { value: "hush", secret: true },
      "folder:region": { value: "here" },
    });
    await stack.setConfig("list[0].name", { value: "first" }, true);
    const written = readFileSync(path, "utf8");
    assert.match(written, /^# what staging is for\n/);
    assert.match(written, /tiny:kept: yes it is # stays\n/);
    assert.match(written, /tiny:plain: "1"\n/);
    assert.match(written, /tiny:hidden:\n {4}secure: v1:/);
    assert.match(written, /encryptionsalt: v1:/);
    assert.ok(!written.includes("hush"));

    assert.deepEqual(await stack.getAllConfig(), {
      "folder:region": { value: "here", secret: false },
      "tiny:hidden": { value: "hush", secret: true },
      "tiny:kept": { value: "yes it is", secret: false },
      "tiny:list": { value: '[{"name":"first"}]', objectValue: [{ name: "first" }], secret: false },
      "tiny:plain": { value: "1", secret: false },
      "tiny:preset": { value: "by the project", secret: false },
    });
    assert.deepEqual(await stack.getConfig("hidden"), { value: "hush", secret: true });
    assert.deepEqual(await stack.getConfig("list[0].name", true), { value: "first", secret: false });
    await assert.rejects(
      stack.getConfig("nothing"),
      /configuration key 'nothing' not found for stack 'staging'/,
    );

    await stack.removeConfig("plain");
    await stack.removeAllConfig(["hidden", "list"]);
    assert.deepEqual(Object.keys(await stack.getAllConfig()), ["folder:region", "tiny:kept", "tiny:preset"]);
  });

  it("hands configuration to the program and to default providers, and takes it back from the last update", async () => {
    await project.stack.setAllConfig({
      plain: { value: "1" },
      hidden: { value: "hush", secret: true },
      "folder:region": { value: "here" },
    });
    await project.up(`
      const config = new pulumi.Config();
      new File("a", { value: config.get("plain"), hidden: config.requireSecret("hidden") });`);
    assert.equal(project.stateOf("a").inputs?.value, "1");
    assert.equal(project.stateOf("default").inputs?.region, "here");
    await project.stack.setConfig("plain", { value: "2" });
    const refreshed = await project.stack.refreshConfig();
    assert.equal(refreshed["tiny:plain"]?.value, "1");
  });

  it("refuses a wrong passphrase", async () => {
    await project.stack.setConfig("hidden", { value: "hush", secret: true });
    project.env.PULUMI_CONFIG_PASSPHRASE = "another one";
    assert.match(run("config", "--show-secrets", "--stack", "dev").stderr, /incorrect passphrase/);
  });

  it("masks secret outputs unless they are asked for", async () => {
    await project.up(`exports.open = "o"; exports.hidden = { deep: pulumi.secret("hush") };`);
    assert.deepEqual(await project.stack.outputs(), {
      open: { value: "o", secret: false },
      hidden: { value: { deep: "hush" }, secret: true },
    });
  });

  it("keeps tags and the history", async () => {
    await project.stack.setTag("owner", "me");
    assert.equal(await project.stack.getTag("owner"), "me");
    await project.stack.removeTag("owner");
    assert.deepEqual(await project.stack.listTags(), {});

    await project.up(`new File("a");`, { message: "the first" });
    await project.up(`new File("a"); new File("b");`);
    const history = await project.stack.history();
    assert.deepEqual(
      history.map(({ kind, result, version, message, resourceChanges }) => [
        kind,
        result,
        version,
        message,
        resourceChanges,
      ]),
      [
        ["update", "succeeded", 2, "", { same: 2, create: 1 }],
        ["update", "succeeded", 1, "the first", { create: 2 }],
      ],
    );
  });

  it("lists the plugins of the PATH and installs none", async () => {
    const { workspace } = project.stack;
    const plugins = await workspace.listPlugins();
    assert.ok(plugins.some(({ name, path }) => name === "folder" && path.startsWith(project.folder)));
    await workspace.installPlugin("folder", "v1.0.0");
    await assert.rejects(
      workspace.installPlugin("nobody", "v1.0.0"),
      /no resource plugin 'pulumi-resource-nobody'/,
    );
  });

  describe("of a stack that is locked", () => {
    const holder = { pid: 4711, username: "me", hostname: "here", timestamp: "2026-11-21T22:43:42.677Z" };
    let locks: string;
    beforeEach(() => {
      locks = join(project.folder, "state", ".pulumi", "locks", "organization", "tiny", "dev");
      mkdirSync(locks, { recursive: true });
      writeFileSync(join(locks, "a-lock.json"), JSON.stringify(holder));
    });

    for (const [asked, prefix] of [
      [["up", "--yes", "--skip-preview"], ""],
      [["refresh", "--yes", "--skip-preview"], ""],
      [["destroy", "--yes", "--skip-preview"], ""],
      [["stack", "rm", "--yes", "--force"], ""],
      [["stack", "import", "--file", "exported.json"], "could not import deployment: "],
      [["state", "unprotect", "--all"], "could not import deployment: "],
    ] as const)
      it(`refuses as Pulumi does, and whoever has the lock keeps it: pulumi ${asked.join(" ")}`, () => {
        run("stack", "export", "--file", "exported.json", "--stack", "dev");
        const { status, stdout, stderr } = run(...asked, "--stack", "dev");
        assert.equal(status, 1);
        assert.equal(stdout, "");
        assert.equal(
          stderr,
          `error: ${prefix}the stack is currently locked by 1 lock(s). Either wait for the other process(es) to ` +
            "end or delete the lock file with `pulumi cancel`.\n" +
            `  file://${locks}/a-lock.json?no_tmp_dir=true: created by me@here (pid 4711) at 2026-11-21T22:43:42Z\n`,
        );
        assert.deepEqual(readdirSync(locks), ["a-lock.json"]);
      });

    it("refuses so that the Automation API knows, and goes on once the lock is cancelled", async () => {
      const refused = await project.up("");
      assert.ok(refused.error instanceof ConcurrentUpdateError, String(refused.error));
      assert.deepEqual(refused.events, []);
      await project.stack.cancel();
      assert.equal((await project.up("")).error, undefined);
      assert.deepEqual(readdirSync(locks), []);
    });

    it("previews all the same", () => {
      assert.equal(run("preview", "--stack", "dev").status, 0);
    });
  });

  it("has Pulumi's exit codes for a stack that is not there, and for what nobody confirmed", () => {
    const codes = [
      ["preview", "--stack", "nope"],
      ["stack", "select", "nope"],
      ["stack", "rm", "nope", "--yes"],
      ["cancel", "nope"],
      ["destroy", "--stack", "dev"],
      ["refresh", "--stack", "dev"],
    ].map((asked) => run(...asked).status);
    assert.deepEqual(codes, [6, 6, 6, 6, 2, 1]);
  });

  it("refuses what leads away from this computer", () => {
    project.env.AWS_ENDPOINT_URL = "https://ec2.us-west-2.amazonaws.com";
    const { status, stderr } = run("preview", "--stack", "dev");
    assert.equal(status, 1);
    assert.match(stderr, /AWS_ENDPOINT_URL=https:\/\/ec2.us-west-2.amazonaws.com is not on this computer/);
  });

  for (const [asked, named] of [
    [["logs"], /no command 'pulumi logs'/],
    [["config", "env", "ls"], /no command 'pulumi config env'/],
    [["up", "--yes", "--target", "urn"], /does not support --target of pulumi up/],
    [["preview", "--import-file", "file"], /does not support --import-file of pulumi preview/],
    [["preview", "--no-such-flag"], /unknown flag: --no-such-flag/],
  ] as const)
    it(`refuses by name: pulumi ${asked.join(" ")}`, () => {
      const { status, stderr } = run(...asked);
      assert.equal(status, 1);
      assert.match(stderr, named);
    });
});
