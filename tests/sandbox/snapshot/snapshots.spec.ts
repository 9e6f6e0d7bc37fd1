import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropSnapshot, keepSnapshot, restoreSnapshot } from "../../../sandbox/snapshot/snapshots";

describe("snapshots", () => {
  const { XDG_CACHE_HOME } = process.env;
  let cache: string;
  let sandbox: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "podnet-snapshots-"));
    process.env.XDG_CACHE_HOME = cache;
    sandbox = join(cache, "sandbox");
    for (const folder of ["etcd", "pki"]) mkdirSync(join(sandbox, folder), { recursive: true });
    for (const file of [
      "etcd/db",
      "pki/ca.crt",
      "kubeconfig",
      "ports.json",
      "moto.state",
      "front.state",
      "log",
    ])
      writeFileSync(join(sandbox, file), `content of ${file}`);
  });
  afterEach(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    rmSync(cache, { recursive: true });
  });

  const kept = () => readdirSync(join(cache, "eks-pod-network", "snapshots")).sort();
  /** Kept one after the other, an hour apart. */
  const keepAll = async (...kinds: readonly (readonly [key: string, kind: string])[]) => {
    for (const [index, [key, kind]] of kinds.entries()) {
      await keepSnapshot({ key, kind }, sandbox);
      const at = new Date(Date.UTC(2026, 0, 1, index));
      utimesSync(join(cache, "eks-pod-network", "snapshots", key), at, at);
    }
  };

  it("give back what was kept, and nothing else of the sandbox", async () => {
    await keepSnapshot({ key: "large-10-aa", kind: "large-10" }, sandbox);
    const other = join(cache, "other");
    mkdirSync(other);
    assert.equal(await restoreSnapshot("large-10-aa", other), true);
    assert.deepEqual(
      readdirSync(other).sort(),
      readdirSync(sandbox)
        .filter((name) => name !== "log")
        .sort(),
    );
    assert.equal(readFileSync(join(other, "etcd", "db"), "utf8"), "content of etcd/db");
  });

  it("are not there under another key, nor once they were dropped", async () => {
    await keepSnapshot({ key: "large-10-aa", kind: "large-10" }, sandbox);
    const other = join(cache, "other");
    assert.equal(await restoreSnapshot("large-10-bb", other), false);
    await dropSnapshot("large-10-aa");
    assert.equal(await restoreSnapshot("large-10-aa", other), false);
    assert.equal(existsSync(other), false);
  });

  it("replace those of the same world and size", async () => {
    await keepAll(["large-10-aa", "large-10"], ["large-100-aa", "large-100"], ["large-10-bb", "large-10"]);
    assert.deepEqual(kept(), ["large-10-bb", "large-100-aa"]);
  });

  it("are three at most, those that were used last", async () => {
    await keepAll(["large-10-aa", "large-10"], ["large-20-aa", "large-20"], ["large-30-aa", "large-30"]);
    mkdirSync(join(cache, "other"));
    await restoreSnapshot("large-10-aa", join(cache, "other"));
    await keepAll(["large-40-aa", "large-40"]);
    assert.deepEqual(kept(), ["large-10-aa", "large-30-aa", "large-40-aa"]);
  });

  it("leave nothing of one that can't be kept whole", async () => {
    rmSync(join(sandbox, "front.state"));
    await assert.rejects(keepSnapshot({ key: "large-10-aa", kind: "large-10" }, sandbox), /front\.state/);
    assert.deepEqual(kept(), []);
  });
});
