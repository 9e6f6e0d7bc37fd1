import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installMoto, motoPython } from "../../../sandbox/aws/installMoto";
import { SandboxError } from "../../../sandbox/sandboxError";
import { ownCacheFolder } from "../../support/cacheFolder";

describe("the installation of moto", () => {
  const cache = ownCacheFolder();
  const own = () => join(cache.path(), "eks-pod-network");
  const bin = () => join(cache.path(), "bin");
  const pathBefore = process.env.PATH;
  beforeEach(() => {
    rmSync(own(), { recursive: true, force: true });
    mkdirSync(bin(), { recursive: true });
    process.env.PATH = `${bin()}:/bin:/usr/bin`;
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    rmSync(bin(), { recursive: true });
  });

  /** A python3 that makes virtual environments whose pip does as a line of shell says. */
  function pythonOf(pip: string, venv = ""): void {
    const script = `#!/bin/sh
case "$*" in
  "-m venv "*) ${venv === "" ? "" : `${venv};`} mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) ${pip} ;;
esac
`;
    writeFileSync(join(bin(), "python3"), script);
    chmodSync(join(bin(), "python3"), 0o755);
  }

  const refused = async (message: RegExp, fix: RegExp) => {
    await assert.rejects(
      installMoto(() => undefined),
      (error: SandboxError) => {
        assert.ok(error instanceof SandboxError);
        assert.match(error.message, message);
        assert.match(error.fix, fix);
        return true;
      },
    );
    assert.deepEqual(readdirSync(own()), []);
  };

  it("is done once, and is whole", async () => {
    pythonOf("true");
    const said: string[] = [];
    assert.equal(await installMoto((line) => said.push(line)), motoPython());
    assert.ok(existsSync(motoPython()));
    await installMoto((line) => said.push(line));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^installing moto \(moto\[/);
  });

  it("needs a python3", async () => {
    process.env.PATH = join(bin(), "nothing");
    await refused(/^there is no python3 on PATH/, /^Install Python 3\.10 or newer with venv and pip/);
  });

  it("needs venv and pip", async () => {
    const said = "The virtual environment was not created successfully because ensurepip is not available.";
    pythonOf("true", `echo "${said}"; exit 1`);
    await refused(/ensurepip is not available/, /^Install Python .*apt-get install python3-venv/);
    pythonOf("echo 'No module named pip' >&2; exit 1");
    await refused(/No module named pip/, /^Install Python/);
  });

  it("needs a network, or a mirror", async () => {
    pythonOf("echo 'ERROR: No matching distribution found for moto' >&2; exit 1");
    await refused(/failed \(exit 1\): ERROR: No matching distribution/, /PyPI .*PIP_INDEX_URL/);
  });

  it("needs a disk with room, and memory", async () => {
    pythonOf("echo 'OSError: [Errno 28] No space left on device' >&2; exit 1");
    await refused(/^the disk of .* has no room/, /^Free some space there/);
    pythonOf("kill -KILL $$");
    await refused(/failed \(SIGKILL\)$/, /more memory/);
  });

  it("leaves nothing of one that was killed, once the next is through", async () => {
    pythonOf("true");
    const folder = join(motoPython(), "..", "..");
    mkdirSync(`${folder}.12345`, { recursive: true });
    await installMoto(() => undefined);
    assert.deepEqual(
      readdirSync(own()).map((name) => join(own(), name)),
      [folder],
    );
  });

  it("ends with all of its processes when it is aborted", async () => {
    pythonOf(`touch ${bin()}/began; sleep 600 & wait`);
    const controller = new AbortController();
    const watch = setInterval(() => {
      if (existsSync(join(bin(), "began"))) controller.abort();
    }, 10);
    try {
      await assert.rejects(
        installMoto(() => undefined, controller.signal),
        { name: "AbortError" },
      );
    } finally {
      clearInterval(watch);
    }
    assert.deepEqual(readdirSync(own()), []);
  });
});
