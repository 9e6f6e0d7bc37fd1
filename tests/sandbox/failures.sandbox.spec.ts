import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { readPorts } from "../../sandbox/controlPlane/portsFile";
import { PART_NAMES } from "../../sandbox/parts";
import { isRunning, ownProcesses } from "../../sandbox/processes";
import { downSandbox, resetSandbox, sandboxStatus, upSandbox } from "../../sandbox/sandbox";
import type { SandboxError } from "../../sandbox/sandboxError";
import { problemsOf } from "../../sandbox/status";
import { lendPrograms } from "../support/ownCache";
import { builtPodnet } from "../support/podnetProcess";
import { processesOf } from "../support/processesOf";
import { noProgress } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";

describe("a sandbox to which something happens", function () {
  this.timeout(300_000);
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = temporaryFolder();
    folder = join(parent, "sandbox");
  });
  afterEach(async () => {
    await downSandbox({ folder });
    rmSync(parent, { recursive: true });
  });

  for (const part of PART_NAMES) {
    it(`names ${part} when it is killed while the sandbox starts, and leaves nothing`, async () => {
      let killed: number | undefined;
      const show = (lines: readonly string[]) => {
        if (killed !== undefined || lines.join().startsWith("waiting for etcd")) return;
        killed = ownProcesses(folder).find((each) => each.name === part && each.isRunning)?.pid;
        if (killed !== undefined) process.kill(killed, "SIGKILL");
      };
      await assert.rejects(
        upSandbox({ folder, world: "empty", progress: { ...noProgress, show } }),
        (error: SandboxError) => {
          assert.match(error.message, new RegExp(`^${part} was killed \\(SIGKILL\\)`));
          assert.match(error.fix, /the system for want of memory, as dmesg tells/);
          return true;
        },
      );
      assert.ok(killed !== undefined);
      assert.deepEqual(readdirSync(parent), []);
      assert.deepEqual(processesOf(folder), []);
    });
  }

  it("takes other ports when another program is faster, and says so", async () => {
    let thief: Server | undefined;
    const watch = setInterval(() => {
      const port = readPorts(folder)?.apiServer;
      if (port === undefined || thief !== undefined) return;
      thief = createServer().listen({ host: "127.0.0.1", port });
    }, 1);
    const said: string[] = [];
    try {
      const record = await upSandbox({
        folder,
        world: "empty",
        progress: { ...noProgress, say: (line) => said.push(line) },
      });
      assert.deepEqual(said, ["another program has taken a port meanwhile; starting again with others"]);
      const status = (await sandboxStatus({ folder })) ?? assert.fail("no sandbox");
      assert.deepEqual(problemsOf(status), []);
      assert.equal(record.server, `https://127.0.0.1:${readPorts(folder)?.apiServer}`);
    } finally {
      clearInterval(watch);
      thief?.close();
    }
  });

  it("is told to have no room when the disk is full, by whichever part, and leaves nothing", function () {
    // A disk of its own, smaller than what etcd lays out at its start, 64 MB; it goes together with the last process on it.
    const disk = join(parent, "disk");
    mkdirSync(disk);
    const mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"] as const;
    const inside = (script: string) =>
      spawnSync(mount[0], [...mount.slice(1), `mount -t tmpfs -o size=60m none "$0" && ${script}`, disk], {
        encoding: "utf8",
        env: { ...process.env, PODNET: builtPodnet, NODE: process.execPath, CACHE: cacheFolder() },
      });
    if (inside("true").status !== 0) {
      console.log(
        "        left out: this computer lets nobody mount a file system in a namespace of their own",
      );
      this.skip();
    }
    const { status, stderr, stdout } = inside(`
      export XDG_CACHE_HOME="$0" && mkdir "$0/eks-pod-network" && cd "$0/eks-pod-network" &&
      ln -s "$CACHE"/programs "$CACHE"/moto-* . && cd / &&
      "$NODE" "$PODNET" sandbox up --world empty; code=$?
      ls -A "$0/eks-pod-network/sandboxes" "$0/eks-pod-network/ports"; exit $code`);
    assert.equal(status, 3, stderr);
    const end = new RegExp(
      `the disk of ${disk}/eks-pod-network/sandboxes/default has no room \\(\\d+ MB left\\): \\S+ ended` +
        `[^]*\\n {2}-> Free some space there .*, or have another disk used by setting XDG_CACHE_HOME\\.\\n$`,
    );
    assert.match(stderr, end);
    const cache = join(disk, "eks-pod-network");
    assert.equal(stdout, `${cache}/ports:\n\n${cache}/sandboxes:\n`);
    assert.deepEqual(processesOf(disk), []);
  });

  it("is reset to its world with the ports that it had, as far as they are free", async () => {
    const before = await upSandbox({ folder, world: "empty", progress: noProgress });
    const ports = readPorts(folder) ?? assert.fail("no ports");
    const theirs = before.processes.map(({ pid }) => pid);
    const again = await resetSandbox({ folder, progress: noProgress });
    assert.deepEqual(
      [again.name, again.world, again.server, again.awsEndpoint, again.kubeconfig, readPorts(folder)],
      [before.name, "empty", before.server, before.awsEndpoint, before.kubeconfig, ports],
    );
    assert.deepEqual(theirs.filter(isRunning), []);
    assert.notEqual(again.startedAt, before.startedAt);

    await downSandbox({ folder });
    await assert.rejects(
      resetSandbox({ folder, progress: noProgress }),
      /^SandboxError: there is no sandbox default$/,
    );
    assert.equal(existsSync(folder), false);
  });

  it("stands beside others that start at the same time, each with a folder and ports of its own", async () => {
    const disk = join(parent, "cache");
    lendPrograms(disk);
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = disk;
    try {
      const names = ["one", "two"];
      const records = await Promise.all(
        names.map((name) => upSandbox({ name, world: "empty", progress: noProgress })),
      );
      const addresses = records.flatMap(({ server, awsEndpoint, motoEndpoint }) => [
        server,
        awsEndpoint,
        motoEndpoint,
      ]);
      assert.equal(new Set(addresses).size, 6);
      assert.deepEqual(
        records.map((record) => record.folder),
        names.map((name) => join(disk, "eks-pod-network", "sandboxes", name)),
      );
      await downSandbox({ name: "one" });
      const status = (await sandboxStatus({ name: "two" })) ?? assert.fail("no sandbox two");
      assert.deepEqual(problemsOf(status), []);
      await downSandbox({ name: "two" });
      const left = join(disk, "eks-pod-network");
      assert.deepEqual([readdirSync(join(left, "sandboxes")), readdirSync(join(left, "ports"))], [[], []]);
    } finally {
      for (const name of ["one", "two"]) await downSandbox({ name });
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });
});
