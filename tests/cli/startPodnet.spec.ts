import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { podnetStarter, startPodnet } from "../../cli/startPodnet";
import { temporaryFolder } from "../support/temporaryFolder";

/** Runs a script in podnet's place, interrupts it at a line of its stderr, and tells what came of it. */
async function runScript(script: string, { interruptAt = "" } = {}) {
  const folder = temporaryFolder();
  const file = join(folder, "script.cjs");
  writeFileSync(file, script);
  const interruption = new AbortController();
  const lines: string[] = [];
  try {
    const { code, stdout } = await podnetStarter(file)(["up", "dev"], {
      onLine: (line) => {
        lines.push(line);
        if (line === interruptAt) interruption.abort();
      },
      signal: interruption.signal,
    });
    return { code, stdout, lines };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("startPodnet", () => {
  it("runs podnet itself", async () => {
    const lines: string[] = [];
    const { code, stdout } = await startPodnet(["up", "--json"], {
      onLine: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
    assert.equal(code, 2);
    assert.equal(lines[0], "podnet up: 1 problem");
    assert.match(stdout, /^{\n {2}"error"/);
  }).timeout(60_000);

  it("hands on arguments, and answers what was printed", async () => {
    const run = await runScript(
      "console.error('one'); console.error('two'); console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 1;",
    );
    assert.deepEqual(run, { code: 1, stdout: '["up","dev"]\n', lines: ["one", "two"] });
  });

  it("asks it to stop once, out of the reach of the terminal's Ctrl-C, and waits until it has", async () => {
    const run = await runScript(
      `let asked = 0;
       for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
         asked++;
         setTimeout(() => { console.log(asked); process.exit(130); }, 50);
       });
       setInterval(() => undefined, 1000);
       console.error("ready");`,
      { interruptAt: "ready" },
    );
    assert.deepEqual(run, { code: 130, stdout: "1\n", lines: ["ready"] });
  });

  it("tells of one that was killed", async () => {
    const run = await runScript("process.kill(process.pid, 'SIGKILL');");
    assert.deepEqual(run, { code: 3, stdout: "", lines: ["podnet was ended by SIGKILL"] });
  });
});
