import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { downSandbox } from "../../sandbox/sandbox";

const podnet = join(__dirname, "..", "..", "dist", "cli", "podnet.js");
/** Programs are built by the tests of the control plane, or here; generous for both. */
const TIMEOUT_MS = 20 * 60_000;

interface DemoRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the demo in a process of its own, and interrupts it as Ctrl-C does.
 *
 * @param at after the first line of this pattern; never by default.
 */
function runDemo(name: string, at?: RegExp): Promise<DemoRun> {
  return new Promise((resolve, reject) => {
    const demo = spawn(process.execPath, [podnet, "demo", "--name", name, "--json"]);
    let [stdout, stderr] = ["", ""];
    let isInterrupted = false;
    demo.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    createInterface({ input: demo.stderr }).on("line", (line) => {
      stderr += `${line}\n`;
      if (isInterrupted || at?.test(line) !== true) return;
      isInterrupted = true;
      demo.kill("SIGINT");
    });
    demo.once("error", reject);
    demo.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

interface DemoAnswer {
  readonly isProven: boolean;
  readonly claims: readonly { readonly claim: string; readonly holds: boolean; readonly evidence: string }[];
  readonly before: readonly { readonly cidr: string; readonly nodes: number; readonly pods: number }[];
  readonly after: readonly { readonly cidr: string; readonly nodes: number; readonly pods: number }[];
  readonly migration: {
    readonly steps: readonly { readonly step: string; readonly outcome: string }[];
  };
  readonly witness: { readonly budgets: number; readonly broken: readonly unknown[] };
}

/** What must be so at the end, whatever happened on the way. */
function assertProven({ code, stdout, stderr }: DemoRun, name: string): DemoAnswer {
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  const answer = JSON.parse(stdout) as DemoAnswer;
  assert.deepEqual(
    answer.claims.filter(({ holds }) => !holds),
    [],
  );
  assert.equal(answer.claims.length, 7);
  assert.equal(answer.isProven, true);
  assert.deepEqual(
    answer.after.map(({ cidr, nodes, pods }) => [cidr, nodes, pods > 0]),
    [
      ["10.8.0.0/25", 2, false],
      ["10.8.0.128/25", 2, false],
      ["10.8.1.0/25", 2, false],
      ["100.64.0.0/19", 0, true],
      ["100.64.32.0/19", 0, true],
      ["100.64.64.0/19", 0, true],
    ],
  );
  assert.equal(answer.witness.budgets, 11);
  assert.deepEqual(
    answer.migration.steps.map(({ step }) => step),
    ["preflight", "up", "rotate", "verify", "report"],
  );
  assert.ok(!existsSync(join(cacheFolder(), "sandboxes", name)), "the sandbox outlives the demo");
  // Its report stays.
  rmSync(join(cacheFolder(), `${name}-report.html`));
  return answer;
}

describe("podnet demo", function () {
  this.timeout(TIMEOUT_MS);
  const name = `test-${process.pid}`;
  // What a failed test left.
  afterEach(() => downSandbox({ name }));

  it("migrates a cluster, proves it, and leaves nothing behind", async () => {
    const { before } = assertProven(await runDemo(name), name);
    assert.deepEqual(
      before.map(({ cidr, nodes, pods }) => [cidr, nodes, pods > 0]),
      [
        ["10.8.0.0/25", 2, true],
        ["10.8.0.128/25", 2, true],
        ["10.8.1.0/25", 2, true],
      ],
    );
  });

  it("goes on where it was interrupted, in whatever step", async () => {
    const steps = [
      /managed node groups/,
      /Previewing sandbox/,
      /create aws ec2 Subnet/,
      /import aws eks Addon/,
      /0 -> 1 worker/,
      /checked: it is new/,
      /cordoned$/,
      / drained$/,
      / terminated$/,
      /AZRebalance.* resumed$/,
    ];
    for (const step of steps) {
      const { code, stderr } = await runDemo(name, step);
      assert.equal(code, 130, `interrupted at ${String(step)}:\n${stderr}`);
    }
    assertProven(await runDemo(name), name);
  });
});
