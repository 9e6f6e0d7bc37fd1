import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildProgram, builtProgram, requireGo } from "../../../sandbox/controlPlane/buildProgram";
import { ensurePrograms } from "../../../sandbox/controlPlane/programs";
import { PROGRAMS, type ProgramName } from "../../../sandbox/controlPlane/programTable";
import { SandboxError } from "../../../sandbox/sandboxError";
import { ownCacheFolder } from "../../support/cacheFolder";
import { noProgress } from "../../support/sandbox";

describe("programs of a control plane", () => {
  const cache = ownCacheFolder();
  const pathBefore = process.env.PATH;
  let bin: string;
  beforeEach(() => {
    rmSync(join(cache.path(), "eks-pod-network"), { recursive: true, force: true });
    bin = join(cache.path(), "bin");
    mkdirSync(bin, { recursive: true });
    // Nothing else is found: these tests say what is on PATH.
    process.env.PATH = `${bin}:/bin:/usr/bin`;
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    rmSync(bin, { recursive: true });
  });

  /** A Go of a version that builds what `build` does; it notes what it was asked for. */
  function goOf(version: string, build = 'echo "#!/bin/sh" > "$out"; chmod +x "$out"'): void {
    const script = `#!/bin/sh
[ "$1" = env ] && echo ${version} && exit
for out; do [ "$previous" = -o ] && break; previous=$out; done
echo "$@" >> ${bin}/asked
${build}
`;
    writeFileSync(join(bin, "go"), script);
    chmodSync(join(bin, "go"), 0o755);
  }
  const asked = () =>
    existsSync(join(bin, "asked")) ? readFileSync(join(bin, "asked"), "utf8").trim().split("\n") : [];
  const names = Object.keys(PROGRAMS) as ProgramName[];

  it("are built from their pinned packages, kubectl last, and once", async () => {
    goOf("go1.26.0");
    const paths = await ensurePrograms({ progress: noProgress });
    assert.deepEqual(
      asked().map((line) => line.split(" ").at(-1)),
      [
        "go.etcd.io/etcd/server/v3",
        "k8s.io/kubernetes/cmd/kube-apiserver",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        "sigs.k8s.io/kwok/cmd/kwok",
        "k8s.io/kubernetes/cmd/kubectl",
      ],
    );
    for (const name of names) assert.equal(paths[name], builtProgram(name));
    assert.match(asked()[1] ?? "", /-X k8s\.io\/component-base\/version\.gitVersion=v1\.36\.\d+ /);

    await ensurePrograms({ progress: noProgress });
    assert.equal(asked().length, 6);
  });

  it("are built once when two want them at the same time", async () => {
    goOf("go1.26.0");
    await Promise.all([ensurePrograms({ progress: noProgress }), ensurePrograms({ progress: noProgress })]);
    assert.equal(asked().length, 6);
  });

  it("are there whole or not at all", async () => {
    goOf("go1.26.0", 'echo half > "$out"; echo "disk full" >&2; exit 1');
    await assert.rejects(buildProgram("etcd"), (error: SandboxError) => {
      assert.match(error.message, /^go build .* failed \(exit 1\): disk full$/);
      return error instanceof SandboxError;
    });
    assert.deepEqual(readdirSync(dirname(builtProgram("etcd"))), []);
  });

  for (const [said, fix] of [
    ["dial tcp: lookup modules.example: no such host", /GOPROXY/],
    ["write $WORK/b001/_pkg_.a: no space left on device", /^Free some space there/],
    ["/usr/local/go/pkg/tool/linux_amd64/link: signal: killed", /more memory/],
  ] as const) {
    it(`say the way out when Go says ${said}`, async () => {
      goOf("go1.26.0", `echo '${said}' >&2; exit 1`);
      await assert.rejects(buildProgram("etcd"), (error: SandboxError) => {
        assert.ok(error instanceof SandboxError && error.message.includes(said));
        assert.match(error.fix, fix);
        return true;
      });
      assert.deepEqual(readdirSync(dirname(builtProgram("etcd"))), []);
    });
  }

  it("leave nothing of a build that was killed, once the next is through", async () => {
    const folder = dirname(builtProgram("etcd"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".etcd.12345"), "half");
    goOf("go1.26.0");
    await buildProgram("etcd");
    assert.deepEqual(readdirSync(folder), ["etcd"]);
  });

  it("are not built on once that is aborted", async () => {
    goOf("go1.26.0", `touch ${bin}/began; sleep 600`);
    const controller = new AbortController();
    const building = buildProgram("etcd", controller.signal);
    const began = setInterval(() => {
      if (existsSync(join(bin, "began"))) controller.abort();
    }, 10);
    try {
      await assert.rejects(building, { name: "AbortError" });
    } finally {
      clearInterval(began);
    }
    assert.equal(existsSync(builtProgram("etcd")), false);
  });

  it("tell how long a build takes and what comes next", async () => {
    goOf("go1.26.0");
    const shown: string[] = [];
    await ensurePrograms({ progress: { ...noProgress, show: (lines) => shown.push(...lines) } });
    assert.match(
      shown[0] ?? "",
      /^etcd: building for \d+ s, then kube-apiserver, kube-controller-manager, kube-scheduler, kwok, kubectl$/,
    );
    assert.match(shown.at(-1) ?? "", /^kubectl: building for \d+ s, the last one$/);
  });

  it("come from PATH where they are of the right minor version", async () => {
    goOf("go1.26.0");
    const said: Record<string, string> = {
      etcd: "etcd Version: 3.6.4",
      "kube-apiserver": "Kubernetes v1.36.0",
      "kube-scheduler": "Kubernetes v1.35.9",
      kwok: "kwok version v0.7.0 go1.26.8 (linux/amd64)",
      kubectl: "Client Version: v1.136.0",
    };
    for (const [name, version] of Object.entries(said)) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "${version}"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const paths = await ensurePrograms({ progress: noProgress });
    assert.deepEqual(
      names.filter((name) => dirname(paths[name]) === bin),
      ["etcd", "kube-apiserver", "kwok"],
    );
  });

  it("need a Go that is new enough, and say which", async () => {
    goOf("go1.25.9");
    await assert.rejects(requireGo(), (error: SandboxError) => {
      assert.equal(error.message, "go on PATH is go1.25.9, which is too old");
      assert.match(error.fix, /^Install Go 1\.26 or newer/);
      return true;
    });
    goOf("go1.27.1");
    await requireGo();
    process.env.PATH = join(bin, "nothing");
    await assert.rejects(requireGo(), /there is no go on PATH/);
  });
});
