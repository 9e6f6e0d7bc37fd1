import assert from "node:assert/strict";
import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { PORT_RANGE, releasePorts, takePorts } from "../../sandbox/ports";
import { ownCacheFolder } from "../support/cacheFolder";

describe("ports of a sandbox", function () {
  // Thousands of files take their time on a busy disk.
  this.timeout(60_000);
  const cache = ownCacheFolder();
  const folder = () => join(cache.path(), "eks-pod-network", "ports");
  const noted = () => readdirSync(folder());
  const note = (port: number) => join(folder(), String(port));

  it("are free, and different for all who take some at the same time", async () => {
    const taken = (await Promise.all(Array.from({ length: 10 }, () => takePorts(5)))).flat();
    assert.equal(new Set(taken).size, 50);
    for (const port of taken) {
      await new Promise<void>((resolve, reject) => {
        const server = createServer().once("error", reject);
        server.listen({ host: "127.0.0.1", port }, () =>
          server.close(() => {
            resolve();
          }),
        );
      });
    }
    releasePorts(taken);
    assert.deepEqual(noted(), []);
  });

  it("are not those that another has taken and that nobody listens on yet", async () => {
    await takePorts(1);
    for (let port = PORT_RANGE.from; port <= PORT_RANGE.to; port += 2) writeFileSync(note(port), "");
    const taken = await takePorts(40);
    assert.deepEqual(
      taken.filter((port) => port % 2 === 0),
      [],
    );
  });

  it("are not those on which something listens", async () => {
    const [busy = 0, free = 0] = await takePorts(2);
    for (let port = PORT_RANGE.from; port <= PORT_RANGE.to; port++) writeFileSync(note(port), "");
    releasePorts([busy, free]);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen({ host: "127.0.0.1", port: busy }, resolve);
    });
    try {
      assert.deepEqual(await takePorts(1), [free]);
      await assert.rejects(takePorts(1), /^SandboxError: fewer than 1 ports are free from 20000 to 29999$/);
    } finally {
      server.close();
    }
  });

  it("are those that are wanted, each in its place, as far as they are free", async () => {
    rmSync(folder(), { recursive: true });
    const [first = 0, busy = 0, last = 0] = await takePorts(3);
    releasePorts([first, last]);
    const taken = await takePorts(3, { wanted: [first, busy, last] });
    assert.deepEqual([taken[0], taken[2]], [first, last]);
    assert.notEqual(taken[1], busy);
    const [any] = await takePorts(1, { wanted: [undefined] });
    assert.ok(any !== undefined && !taken.includes(any));
  });

  it("are noted until their programs listen for sure", async () => {
    const [old = 0] = await takePorts(1);
    assert.ok(noted().includes(String(old)));
    for (const name of noted()) utimesSync(note(Number(name)), new Date(0), new Date(0));
    const fresh = await takePorts(1);
    assert.deepEqual(noted(), fresh.map(String));
  });
});
