import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../sandbox/lock";
import { temporaryFolder } from "../support/temporaryFolder";

describe("a lock", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, "a.lock");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("lets one at a time do its work, and is gone afterwards", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, work)));
    assert.deepEqual([most, existsSync(file)], [1, false]);
  });

  it("is free again after work that fails", async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.equal(await withLock(file, () => 7), 7);
  });

  it("lets processes in one at a time: none loses what another has counted", async () => {
    const counter = join(folder, "counter");
    writeFileSync(counter, "0");
    const script = `
      const { withLock } = require(${JSON.stringify(join(__dirname, "../../sandbox/lock.ts"))});
      const { readFileSync, writeFileSync } = require("node:fs");
      (async () => {
        for (let turn = 0; turn < 20; turn++) {
          await withLock(${JSON.stringify(file)}, async () => {
            const seen = Number(readFileSync(${JSON.stringify(counter)}, "utf8"));
            await new Promise((resolve) => setImmediate(resolve));
            writeFileSync(${JSON.stringify(counter)}, String(seen + 1));
          });
        }
      })();`;
    const ended = Array.from(
      { length: 3 },
      () =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [
            "--require",
            "ts-node/register/transpile-only",
            "-e",
            script,
          ]);
          child.once("exit", resolve);
        }),
    );
    assert.deepEqual(await Promise.all(ended), [0, 0, 0]);
    assert.equal(readFileSync(counter, "utf8"), "60");
  }).timeout(60_000);

  it("tells once who holds it", async () => {
    const held: number[] = [];
    let release = (): void => undefined;
    const first = withLock(file, () => new Promise<void>((resolve) => (release = resolve)));
    const second = withLock(file, () => "in", {
      onWait: (holder) => {
        held.push(holder);
        release();
      },
    });
    assert.equal(await second, "in");
    await first;
    assert.deepEqual(held, [process.pid]);
  });

  it("is taken over from a holder that died", async () => {
    const { pid } = spawnSync("true");
    writeFileSync(file, String(pid));
    assert.equal(await withLock(file, () => "in"), "in");
  });

  it("is taken over from one that died while it wrote its pid", async () => {
    writeFileSync(file, "");
    utimesSync(file, new Date(0), new Date(0));
    assert.equal(await withLock(file, () => "in"), "in");
  });

  it("is not waited for once that is aborted", async () => {
    writeFileSync(file, String(process.pid));
    const controller = new AbortController();
    const waiting = withLock(file, () => "in", {
      signal: controller.signal,
      onWait: () => {
        controller.abort(new Error("enough"));
      },
    });
    await assert.rejects(
      waiting,
      (error: Error) => error.name === "AbortError" || error.message === "enough",
    );
    assert.equal(readFileSync(file, "utf8"), String(process.pid));
  });
});
