import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { systemClock } from "../../automation/clock";
import { preview } from "../../automation/preview";
import { podNetworkOutputs } from "../../automation/podNetworkOutputs";
import { PulumiError } from "../../automation/pulumiError";
import { stderrOf } from "../../automation/pulumiOperation";
import { stoppedGently } from "../../automation/pulumiProcess";
import { PulumiStoppedError } from "../../automation/pulumiStopped";
import { clusterNameOf } from "../../automation/stack";

/** A program in the place of pulumi that notes what it was asked and, on `up`, runs until it is told to stop. */
const SCRIPT = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const note = (line) => appendFileSync(join(dirname(__dirname), "notes"), line + "\\n");
const [command] = process.argv.slice(2);
if (command === "version") console.log("v3.248.0");
if (command === "preview") {
  console.error("warning: not me\\nerror: the disk is full");
  process.exit(1);
}
if (command === "refresh") process.exit(1);
if (command === "config") process.kill(process.pid, "SIGTERM");
if (command === "stack" && process.argv[3] === "output") {
  console.error("warning: the backend is slow");
  process.exit(1);
}
if (command === "up") {
  note("path " + process.env.PATH.split(":").includes(__dirname));
  process.on("SIGINT", () => {
    note("SIGINT");
    // Whoever asks twice would have done so by then.
    setTimeout(() => { note("order made"); process.exit(1); }, 300);
  });
  console.log(JSON.stringify({ pid: process.pid, launcher: process.ppid }));
  setInterval(() => undefined, 1000);
}
`;

/** A command whose launcher Ctrl-C has ended before pulumi was there, in the words of the Automation API. */
function endedByCtrlC(): Promise<unknown> {
  const said = "Command was killed with SIGINT (User interruption with CTRL-C): node -e";
  const run = () => Promise.reject(new CommandError(`code: -2\n stdout: \n stderr: ${said}\n`));
  const pulumi = { command: "pulumi", version: null, run } as unknown as PulumiCommand;
  return (stoppedGently(pulumi) as unknown as { run: (args: string[]) => Promise<unknown> }).run([]);
}

describe("stoppedGently", function () {
  this.timeout(20_000);
  let root: string;
  let stack: Stack;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "eks-pod-network-pulumi-"));
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin", "pulumi"), SCRIPT);
    chmodSync(join(root, "bin", "pulumi"), 0o755);
    writeFileSync(join(root, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    const pulumiCommand = stoppedGently(await PulumiCommand.get({ root }));
    stack = await LocalWorkspace.createOrSelectStack({ stackName: "test", workDir: root }, { pulumiCommand });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const notes = () => readFileSync(join(root, "notes"), "utf8").trim().split("\n");

  it("hands two requests to stop on as one, and waits until pulumi has put its house in order", async () => {
    const controller = new AbortController();
    let group = 0;
    let ownPid = -1;
    const outcome = stack.up({
      signal: controller.signal,
      onOutput: (text) => {
        if (!text.startsWith("{")) return;
        const { pid, launcher } = JSON.parse(text) as { pid: number; launcher: number };
        ownPid = pid;
        group = Number(spawnSync("ps", ["-o", "pgid=", "-p", String(pid)], { encoding: "utf8" }).stdout);
        // What a terminal does at Ctrl-C, to this process and to the one that it started; pulumi is out of its reach.
        process.kill(launcher, "SIGINT");
        // What the Automation API does then.
        controller.abort();
      },
    });
    await assert.rejects(outcome, new PulumiStoppedError("SIGINT"));
    assert.deepEqual(notes(), ["path true", "SIGINT", "order made"]);
    assert.equal(group, ownPid);
  });

  it("leaves what pulumi says of a failure as it is, without the launcher", async () => {
    const outside = { clock: systemClock, onEvent: () => undefined, signal: new AbortController().signal };
    await assert.rejects(preview(stack, outside), (error) => {
      assert.ok(error instanceof PulumiError);
      assert.equal(error.reason, "the disk is full");
      return true;
    });
    const silent = await stack.refresh().catch(stderrOf);
    assert.equal(silent, "");
  });

  it("says which signal has ended pulumi, or its launcher before pulumi was there; nothing of what was written", async () => {
    await assert.rejects(clusterNameOf(stack), (error) => {
      assert.ok(error instanceof PulumiError);
      assert.equal(error.reason, "pulumi was ended by SIGTERM");
      assert.match(error.fix, /^Something ended pulumi and not podnet/);
      assert.deepEqual(error.cause, new PulumiStoppedError("SIGTERM"));
      return true;
    });
    await assert.rejects(endedByCtrlC(), new PulumiStoppedError("SIGINT"));
  });

  it("hears a request of its own before it tells of a pulumi that the same one has ended", async () => {
    const controller = new AbortController();
    const failure = endedByCtrlC().catch(() => controller.signal.aborted);
    // As a signal that this process hears after the other has ended.
    setImmediate(() => {
      controller.abort();
    });
    assert.equal(await failure, true);
  });

  it("shows nobody the launcher", async () => {
    const failure = await stack.outputs().catch((error: unknown) => error);
    assert.ok(failure instanceof CommandError);
    for (const told of [failure.message, failure.stack ?? ""]) {
      assert.match(told, /exit code 1: \S+\/bin\/pulumi stack output /);
      assert.doesNotMatch(told, /child_process|process\.on/);
    }
    await assert.rejects(podNetworkOutputs(stack), {
      name: "PulumiError",
      message: "reading the outputs of stack test failed: warning: the backend is slow",
    });
  });
});
