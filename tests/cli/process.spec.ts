import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { builtPodnet, podnetProcess } from "../support/podnetProcess";
import { temporaryFolder } from "../support/temporaryFolder";

describe("podnet as a process", function () {
  // A process starts in less than a second on an idle computer.
  this.timeout(60_000);

  it("answers on stdout, and with the exit code that its contract names", () => {
    assert.equal(podnetProcess(["max-pods", "m5.large", "--json"]).code, 0);
    assert.equal(podnetProcess(["check-cidr", "198.19.0.0/16", "--vpc-cidr", "10.0.0.0/16"]).code, 1);
    const wrong = podnetProcess(["max-pods", "m5.larg"]);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  });

  it("reads standard input for -", () => {
    const fleet =
      "subnets: [{ prefixLength: 23 }]\ninstances: [{ type: m5.large, count: 1, podsPerNode: 5 }]\n";
    const stdout = execFileSync(process.execPath, [builtPodnet, "size", "-", "--json"], {
      input: fleet,
      encoding: "utf8",
    });
    assert.equal((JSON.parse(stdout) as { fits: boolean }).fits, true);
  });

  const piped: [string, string][] = [
    ["aws-node-env --help | head -n 1", "0"],
    ["check-cidr 198.19.0.0/16 --vpc-cidr 10.8.0.0/16 --json | true", "1"],
    ["max-pods m5.larg --json | true", "2"],
  ];
  for (const [line, code] of piped) {
    it(`ends in peace, with its own exit code, when its reader has seen enough: ${line}`, () => {
      const script = `${process.execPath} ${builtPodnet} ${line} 2>/dev/null; echo "code \${PIPESTATUS[0]}"`;
      assert.match(execFileSync("bash", ["-c", script], { encoding: "utf8" }), new RegExp(`code ${code}\n$`));
    });
  }

  it("says when its answer can't be written", () => {
    const script = `${process.execPath} ${builtPodnet} max-pods m5.large 2>&1 >/dev/full; echo "code $?"`;
    const said = execFileSync("bash", ["-c", script], { encoding: "utf8" });
    assert.match(said, /^podnet: standard output can't be written: .*ENOSPC.*\ncode 3\n$/);
  });

  const late: [string, string, (document: unknown) => boolean][] = [
    ["has no answer yet", "nextTick", (document) => "error" in (document as object)],
    ["has answered", "setImmediate", Array.isArray],
  ];
  for (const [when, scheduler, isRight] of late) {
    it(`says its own defect, and prints one document, where an error comes that nothing waits for and it ${when}`, () => {
      const { code, stdout, stderr } = podnetProcess(["max-pods", "m5.large", "--json"], {
        env: { THROW_BY: scheduler },
        nodeArgs: ["--require", join(__dirname, "..", "support", "throwLate.cjs")],
      });
      assert.equal(code, 3, stderr);
      assert.match(stderr, /^podnet max-pods: late\nThis is a defect of podnet;/);
      assert.ok(isRight(JSON.parse(stdout)), stdout);
    });
  }

  it("is what npx finds in this checkout", () => {
    // npx links this package into its cache, and without being told otherwise builds it once more.
    const cache = temporaryFolder();
    try {
      const stdout = execFileSync("npx", ["podnet", "max-pods", "m5.large", "--json"], {
        encoding: "utf8",
        env: { ...process.env, npm_config_cache: cache, npm_config_ignore_scripts: "true" },
      });
      assert.equal((JSON.parse(stdout) as { maxPods: number }[])[0]?.maxPods, 29);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  const pure: string[][] = [
    ["--help"],
    ["check-cidr", "100.64.0.0/16", "--vpc-cidr", "10.0.0.0/16"],
    ["plan", "--vpc-cidr", "10.0.0.0/16", "--pod-cidr", "100.64.0.0/16", "--zones", "a,b,c"],
    ["max-pods", "m5.large"],
    ["size", "docs/examples/fleet.yaml"],
    ["user-data", "--family", "al2023", "--cluster-name", "c"],
    ["aws-node-env", "--custom-networking"],
  ];
  for (const args of pure) {
    it(`loads no Pulumi, AWS SDK or Kubernetes client for ${args[0] ?? ""}`, () => {
      const lister = join(__dirname, "..", "support", "listLoadedModules.cjs");
      const { code, stderr } = podnetProcess(args, { nodeArgs: ["--require", lister] });
      assert.equal(code, 0);
      const loaded = stderr.split("\n").filter((line) => line.startsWith("loaded "));
      assert.ok(
        loaded.some((line) => line.includes("commander")),
        "the list of modules is empty",
      );
      assert.deepEqual(
        loaded.filter((line) => /@pulumi|@aws-sdk|@smithy|@kubernetes/.test(line)),
        [],
      );
    });
  }
});
