import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { ensurePrograms } from "../../sandbox/controlPlane/programs";
import { isRunning, ownProcesses, stopProcesses } from "../../sandbox/processes";
import type { SandboxProgress } from "../../sandbox/progress";
import { downSandbox, sandboxEnv, sandboxStatus, upSandbox } from "../../sandbox/sandbox";
import { SandboxError } from "../../sandbox/sandboxError";
import { problemsOf } from "../../sandbox/status";
import { listenersOf, unixListenersOf } from "../support/listeners";
import { noProgress, sandboxFixture } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";

const PARTS = [
  "daemon",
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "moto",
];

describe("a sandbox that is up", function () {
  this.timeout(300_000);
  const { record, env } = sandboxFixture("empty");

  it("has every part running, each by its pid in the record, and each well", async () => {
    const status = await sandboxStatus(record());
    assert.ok(status);
    assert.deepEqual(problemsOf(status), []);
    assert.deepEqual(status.components.map(({ name }) => name).sort(), PARTS);
    assert.deepEqual(
      Object.fromEntries(status.components.map(({ name, pid }) => [name, pid])),
      Object.fromEntries(record().processes.map(({ name, pid }) => [name, pid])),
    );
  });

  it("listens on 127.0.0.1 and nowhere else, for TCP and for UDP", () => {
    for (const { name, pid } of record().processes) {
      const addresses = listenersOf([pid]);
      assert.ok(addresses.length > 0, `${name} listens`);
      for (const address of addresses) assert.match(address, /^127\.0\.0\.1:\d+$/, name);
    }
  });

  it("has its unix sockets in its folder, which is its user's alone", () => {
    const { folder, processes } = record();
    const sockets = processes.flatMap(({ pid }) => unixListenersOf(pid));
    if (process.platform === "linux") assert.ok(sockets.includes("etcd.sock"), sockets.join());
    // Relative ones are in the folder too, in which all of its processes work. One without a file would begin with @.
    for (const path of sockets) {
      const file = resolve(folder, path);
      assert.ok(existsSync(file) && file.startsWith(`${folder}/`), path);
    }
    assert.equal(statSync(folder).mode & 0o077, 0);
  });

  it("says of each part where it answers, what it is for and what memory it takes", async () => {
    const { components, contents } = (await sandboxStatus(record())) ?? assert.fail("no sandbox");
    assert.deepEqual(contents, { nodes: 0, pods: 0 });
    for (const { name, address = "", purpose, memoryBytes = 0 } of components) {
      if (name === "etcd") assert.equal(address, join(record().folder, "etcd.sock"));
      else assert.match(address, /^https?:\/\/127\.0\.0\.1:\d+$/, name);
      assert.notEqual(purpose, "");
      // Between a megabyte and ten gigabytes, as bytes.
      assert.ok(memoryBytes > 2 ** 20 && memoryBytes < 10 * 2 ** 30, `${name}: ${memoryBytes}`);
    }
  });

  it("is found by kubectl and the AWS SDK in its environment", async () => {
    const { kubectl } = await ensurePrograms({ progress: noProgress });
    const said = execFileSync(kubectl, ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], {
      env: env(),
      encoding: "utf8",
    });
    assert.equal(said, "sandbox-admin");
    const { AWS_ENDPOINT_URL = "", AWS_REGION = "" } = env();
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    const ec2 = new EC2Client({ endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials });
    await ec2.send(new DescribeVpcsCommand({}));
  });

  it("keeps all that it writes to its user", () => {
    const mode = execFileSync("ls", ["-ld", record().folder], { encoding: "utf8" });
    assert.match(mode, /^drwx------/);
  });

  it("is left as it is by another start", async () => {
    assert.deepEqual(await upSandbox({ ...record(), world: "empty", progress: noProgress }), record());
  });

  it("is not taken for one with another world", async () => {
    await assert.rejects(
      upSandbox({ ...record(), world: "small", progress: noProgress }),
      (error: SandboxError) => {
        assert.equal(error.message, "the sandbox default is up with the world empty, not small");
        assert.equal(error.fix, "Run podnet sandbox down first, or start another with --name.");
        return true;
      },
    );
  });

  it("is not well once a part is dead, and is not taken for one that is", async () => {
    const kwok = record().processes.find(({ name }) => name === "kwok");
    process.kill(kwok?.pid ?? assert.fail("no kwok"), "SIGKILL");
    await until(async () => {
      const status = await sandboxStatus(record());
      return status !== undefined && problemsOf(status).join() === "kwok ended";
    });
    await assert.rejects(
      upSandbox({ ...record(), world: "empty", progress: noProgress }),
      /^SandboxError: the sandbox default is not well: kwok ended$/,
    );
  });

  it("is started anew where nothing of it runs, as after a restart of the computer", async () => {
    await stopProcesses(record().folder);
    const said: string[] = [];
    const progress = { ...noProgress, say: (line: string) => said.push(line) };
    const anew = await upSandbox({ ...record(), world: "empty", progress });
    assert.notEqual(anew.startedAt, record().startedAt);
    assert.match(said[0] ?? "", /^removing an earlier sandbox of which nothing runs/);
    assert.deepEqual(problemsOf((await sandboxStatus(record())) ?? assert.fail("no sandbox")), []);
  });
});

describe("sandboxes", function () {
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

  const up = (progress: SandboxProgress = noProgress, signal?: AbortSignal) =>
    upSandbox({ folder, world: "empty", progress, signal });

  it("leave no process, no port, no file and no folder when they go", async () => {
    const { processes } = await up();
    assert.deepEqual(processes.map(({ name }) => name).sort(), PARTS);
    const ports = join(cacheFolder(), "ports");
    const taken = JSON.parse(readFileSync(join(folder, "ports.json"), "utf8")) as Record<string, number>;
    assert.equal(await downSandbox({ folder }), true);
    assert.deepEqual(
      processes.filter(({ pid }) => isRunning(pid)),
      [],
    );
    assert.deepEqual(readdirSync(parent), []);
    for (const port of Object.values(taken)) assert.equal(existsSync(join(ports, String(port))), false);
    assert.equal(await downSandbox({ folder }), false);
  });

  for (const moment of ["waiting for etcd", "waiting for kube-controller-manager", "waiting for the front"]) {
    it(`leave nothing when their start is interrupted while ${moment}`, async () => {
      const controller = new AbortController();
      const started: number[] = [];
      const show = (lines: readonly string[]) => {
        if (!lines.some((line) => line.startsWith(moment))) return;
        started.push(...ownProcesses(folder).map(({ pid }) => pid));
        // Not before a process has written its pid, or there would be nothing to leave.
        if (started.length > 0) controller.abort();
      };
      await assert.rejects(up({ ...noProgress, show }, controller.signal), { name: "AbortError" });
      assert.notDeepEqual(started, []);
      assert.deepEqual(started.filter(isRunning), []);
      assert.deepEqual(readdirSync(parent), []);
    });
  }

  for (const [who, clean] of [
    ["start", () => up()],
    ["stop", () => downSandbox({ folder })],
  ] as const) {
    it(`that were killed while they started are cleaned up by the next ${who}`, async () => {
      const script = `
        const { upSandbox } = require(${JSON.stringify(join(__dirname, "../../sandbox/sandbox.ts"))});
        const nothing = () => undefined;
        void upSandbox({ folder: ${JSON.stringify(folder)}, world: "empty", progress: { step: nothing, say: nothing, show: nothing } });`;
      const starting = spawn(process.execPath, [
        "--require",
        "ts-node/register/transpile-only",
        "-e",
        script,
      ]);
      const ended = new Promise((resolve) => starting.once("exit", resolve));
      await until(() => ownProcesses(folder).some((each) => each.name === "kwok" && each.isRunning));
      starting.kill("SIGKILL");
      await ended;
      const left = ownProcesses(folder).filter((each) => each.isRunning);
      assert.ok(left.length >= 6, `${left.length} processes`);
      await clean();
      assert.deepEqual(
        left.filter(({ pid }) => isRunning(pid)),
        [],
      );
      await downSandbox({ folder });
      assert.deepEqual(readdirSync(parent), []);
    });
  }

  it("of one folder that are started twice at the same time are one", async () => {
    const said: string[] = [];
    const progress = { ...noProgress, say: (line: string) => said.push(line) };
    const [one, other] = await Promise.all([up(progress), up(progress)]);
    assert.deepEqual(one, other);
    assert.deepEqual(said, [`waiting for process ${process.pid}, which starts or stops this sandbox`]);
  });

  it("never end a process that is not theirs, whatever their pid files say", async () => {
    const { pid = 0 } = spawn("sleep", ["60"]);
    mkdirSync(join(folder, "pids"), { recursive: true });
    writeFileSync(join(folder, "sandbox.json"), "{}");
    writeFileSync(join(folder, "pids", "etcd"), String(pid));
    try {
      assert.equal(await downSandbox({ folder }), true);
      assert.equal(isRunning(pid), true);
    } finally {
      process.kill(pid);
    }
  });

  it("are the same by whichever way to their folder", async () => {
    const link = join(parent, "link");
    symlinkSync(parent, link);
    const { processes } = await up();
    assert.equal((await sandboxStatus({ folder: join(link, "sandbox") }))?.record.folder, folder);
    await downSandbox({ folder: join(link, "sandbox") });
    assert.deepEqual(
      processes.filter(({ pid }) => isRunning(pid)),
      [],
    );
    rmSync(link);
  });

  it("take no folder in which something else is, and remove none", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.txt"), "years of work");
    await assert.rejects(up(), /is in use, and not by a sandbox$/);
    assert.equal(await downSandbox({ folder }), false);
    assert.deepEqual(readdirSync(folder), ["thesis.txt"]);
  });

  it("have names that are good for a folder", async () => {
    await assert.rejects(upSandbox({ name: "../home", world: "empty", progress: noProgress }), SandboxError);
  });

  it("tell in their environment where everything is", () => {
    const record = {
      folder: "/f",
      region: "us-west-2",
      awsEndpoint: "http://127.0.0.1:1",
      kubeconfig: "/f/k",
    };
    assert.deepEqual(sandboxEnv(record), {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_REGION: "us-west-2",
      AWS_DEFAULT_REGION: "us-west-2",
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
      AWS_EC2_METADATA_DISABLED: "true",
      KUBECONFIG: "/f/k",
      KUBECACHEDIR: "/f/kubecache",
      PULUMI_BACKEND_URL: "file:///f/pulumi",
      PULUMI_CONFIG_PASSPHRASE: "sandbox",
      PULUMI_HOME: "/f/pulumi-home",
    });
  });
});

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
