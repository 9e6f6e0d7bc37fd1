import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { isRunning, ownProcesses } from "../../sandbox/processes";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { downSandbox } from "../../sandbox/sandbox";
import { podnet } from "../support/podnet";
import { builtPodnet, podnetProcess } from "../support/podnetProcess";

describe("podnet sandbox", function () {
  this.timeout(20 * 60_000);
  const name = `test-${process.pid}`;
  const folder = join(cacheFolder(), "sandboxes", name);
  afterEach(() => downSandbox({ name }));

  const json = (line: string) => {
    const { code, stdout } = podnetProcess([...line.split(" "), "--name", name, "--json"]);
    return { code, document: JSON.parse(stdout) as Record<string, unknown> };
  };

  it("up, status, env and down do what they say, as it is installed", () => {
    const up = podnetProcess(["sandbox", "up", "--world", "empty", "--name", name]);
    assert.equal(up.code, 0, up.stderr);
    assert.match(up.stdout, new RegExp(`^The sandbox ${name} is ready, with the world empty\\.\n`));
    assert.match(up.stdout, new RegExp(`\n {2}eval "\\$\\(podnet sandbox env --name ${name}\\)"\n`));
    assert.match(up.stderr, /starting the control plane and the emulated AWS\n/);

    const status = json("sandbox status");
    assert.deepEqual([status.code, status.document.state, status.document.problems], [0, "ready", []]);
    assert.deepEqual(json("sandbox up --world empty").document.awsEndpoint, status.document.awsEndpoint);

    const script = `eval "$(${process.execPath} ${builtPodnet} sandbox env --name ${name})"; env`;
    const env = execFileSync("bash", ["-c", script], {
      env: { ...process.env, AWS_PROFILE: "prod" },
      encoding: "utf8",
    });
    assert.match(env, new RegExp(`^AWS_ENDPOINT_URL=${String(status.document.awsEndpoint)}$`, "m"));
    assert.match(env, new RegExp(`^KUBECONFIG=${folder}/kubeconfig$`, "m"));
    assert.doesNotMatch(env, /^AWS_PROFILE=/m);
    // The sandbox's own pulumi goes first; a kubectl of the person's own wins over the sandbox's.
    const path = /^PATH=(.*)$/m.exec(env)?.[1]?.split(":") ?? [];
    assert.equal(path[0], join(standInPulumiRoot(), "bin"));
    assert.equal(path.at(-1), dirname(String(status.document.kubectl)));

    assert.deepEqual(json("sandbox down"), { code: 0, document: { name, removed: true } });
    assert.equal(existsSync(folder), false);
  });

  it("says that there is none, and how to start it", () => {
    assert.deepEqual(json("sandbox status"), { code: 1, document: { name, state: "none" } });
    assert.deepEqual(json("sandbox down"), { code: 0, document: { name, removed: false } });
    const env = podnetProcess(["sandbox", "env", "--name", name]);
    assert.deepEqual([env.code, env.stdout], [3, ""]);
    assert.match(
      env.stderr,
      new RegExp(`it is not up\n {2}-> podnet sandbox up --name ${name} starts it\\.\n$`),
    );
  });

  it("names the part that is dead, and exits with 1", async () => {
    assert.equal((await podnet(`sandbox up --world empty --name ${name}`)).code, 0);
    const scheduler = ownProcesses(folder).find((each) => each.name === "kube-scheduler")?.pid;
    assert.ok(scheduler);
    process.kill(scheduler, "SIGKILL");
    while (isRunning(scheduler)) await new Promise((resolve) => setTimeout(resolve, 10));
    const status = podnetProcess(["sandbox", "status", "--name", name]);
    assert.equal(status.code, 1);
    assert.match(status.stdout, /^test-\d+ {2}not well {2}/);
    assert.match(status.stdout, /\nkube-scheduler +\d+ +ended +/);
    const up = podnetProcess(["sandbox", "up", "--world", "empty", "--name", name]);
    assert.equal(up.code, 3);
    assert.match(
      up.stderr,
      new RegExp(`kube-scheduler ended\n {2}-> Run podnet sandbox down --name ${name}`),
    );
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`up exits with 130 at ${signal}, and leaves nothing`, async () => {
      const args = [builtPodnet, "sandbox", "up", "--world", "empty", "--name", name];
      const up = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      up.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const code = new Promise((resolve) => up.once("close", resolve));
      while (!ownProcesses(folder).some((each) => each.name === "kube-apiserver" && each.isRunning)) {
        assert.equal(up.exitCode, null, said);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const started = ownProcesses(folder);
      up.kill(signal);
      assert.equal(await code, 130);
      assert.match(said, /\npodnet sandbox up: interrupted\n$/);
      assert.deepEqual(
        started.filter(({ pid }) => isRunning(pid)),
        [],
      );
      assert.equal(existsSync(folder), false);
    });
  }

  it("up says that it was interrupted in its document too", async () => {
    const { code, stdout } = await podnet(
      `sandbox up --world empty --name ${name} --json`,
      {},
      AbortSignal.abort(),
    );
    assert.equal(code, 130);
    assert.deepEqual(JSON.parse(stdout), { error: { exitCode: 130, message: "interrupted" } });
    assert.equal(existsSync(folder), false);
  });
});
