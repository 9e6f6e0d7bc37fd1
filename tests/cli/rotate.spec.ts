import assert from "node:assert/strict";
import { join } from "node:path";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = { [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]" };

describe("podnet rotate", function () {
  // The first that gets as far loads what rotates.
  this.timeout(60_000);

  it("takes every flag of its help, and gets as far as pulumi", async () => {
    const flags = [
      "--force --max-unavailable 10% --surge 0 --timeout 10m --node-timeout-seconds 60 --grace-period 30",
      "--pod-selector app!=web --delete-emptydir-data=false --restart-single-replicas --delete-empty-groups",
      "--remove-leaked-enis --lower-warm-targets",
    ].join(" ");
    const folder = temporaryFolder();
    const { code, stderr } = await podnet(`rotate prod ${flags} --pulumi-root ${folder}`, files);
    assert.equal(code, 3);
    assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
  });

  for (const flag of ["--pause", "--abort"]) {
    it(`gets as far as pulumi with ${flag}`, async () => {
      const folder = temporaryFolder();
      const { code, stderr } = await podnet(`rotate prod ${flag} --pulumi-root ${folder}`, files);
      assert.equal(code, 3);
      assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
    });
  }

  it("does one thing at a time", async () => {
    const { code, stderr } = await podnet("rotate prod --pause --abort --dry-run", files);
    assert.equal(code, 2);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.startsWith("  --")),
      [
        "  --pause: --pause and --dry-run can't both be done.",
        "  --abort: --abort and --dry-run can't both be done.",
      ],
    );
  });

  it("refuses settings where no node is replaced, and lets an abort wait as long as it is told", async () => {
    const wrong = async (flags: string) => {
      const { code, stderr } = await podnet(`rotate prod ${flags} --pulumi-root /nowhere`, files);
      return [code, stderr.split("\n").filter((line) => line.startsWith("  --"))];
    };
    const useless = (flag: string, instead: string) =>
      `  ${flag}: is how nodes are replaced, and ${instead} replaces none.`;
    assert.deepEqual(await wrong("--pause --force --surge 0"), [
      2,
      [useless("--force", "--pause"), useless("--surge", "--pause")],
    ]);
    assert.deepEqual(await wrong("--abort --delete-emptydir-data=false --node-timeout-seconds 60"), [
      2,
      [useless("--delete-emptydir-data", "--abort")],
    ]);
    assert.deepEqual(await wrong("--abort --node-timeout-seconds 60"), [3, []]);
    assert.deepEqual(await wrong("--dry-run --force --surge 0"), [3, []]);
  });

  it("takes durations as kubectl does, which refuses a number without its unit", async () => {
    const { code, stderr } = await podnet("rotate prod --timeout 10", files);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--timeout: "10" is missing its unit: s, m or h\.\n +-> Give one such as 90s or 10m\./,
    );
    assert.match((await podnet("rotate prod --timeout 10m5", files)).stderr, /"10m5" is no duration\./);
    const twice = await podnet("rotate prod --timeout 1h30m --pod-timeout-seconds 60", files);
    assert.match(twice.stderr, /--timeout: 5400 s and/);
  });

  it("suggests seconds that make sense", async () => {
    const { stderr } = await podnet("rotate prod --grace-period x --node-timeout-seconds x", files);
    assert.deepEqual(stderr.match(/Give one such as \d+/g), ["Give one such as 900", "Give one such as 30"]);
  });

  it("says all that is wrong with its settings, by the names of the flags", async () => {
    const flags =
      "--max-unavailable few --surge -2 --pod-selector app==,=web --timeout 5m --pod-timeout-seconds 60";
    const { code, stderr } = await podnet(`rotate prod --force ${flags}`, files);
    assert.equal(code, 2);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.startsWith("  --")),
      [
        "  --timeout: 300 s and --pod-timeout-seconds 60 say the same thing twice.",
        '  --max-unavailable: "few" is neither a number of nodes from 1 up nor a percentage.',
        '  --surge: "-2" is neither a number of workers from 0 up nor a percentage.',
        '  --pod-selector: "=web" is no requirement of a label selector.',
      ],
    );
  });
});
