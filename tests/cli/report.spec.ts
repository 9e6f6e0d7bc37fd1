import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = { [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]" };

describe("podnet report", function () {
  // The first that gets as far loads what looks.
  this.timeout(60_000);

  it("takes its file by -o and --output, and gets as far as pulumi", async () => {
    const folder = temporaryFolder();
    for (const flag of ["-o", "--output"]) {
      const { code, stderr } = await podnet(
        `report prod ${flag} ${join(folder, "prod.html")} --pulumi-root ${folder}`,
        files,
      );
      assert.equal(code, 3);
      assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
    }
  });

  it("says before it looks that its file can't be written", async () => {
    const folder = temporaryFolder();
    const taken = join(folder, "taken");
    writeFileSync(taken, "");
    const again = await podnet(`report prod -o ${taken} --pulumi-root ${folder}`, files);
    assert.equal(again.code, 3, "a file that is there is written anew");
    for (const [file, why, fix] of [
      [
        join(folder, "none", "x.html"),
        `there is no folder ${folder}/none`,
        `Make it (mkdir -p ${folder}/none), or`,
      ],
      [join(taken, "x.html"), `${taken} is no folder`, "Give a file in a folder that you may write to."],
      [folder, `${folder} is the name of a folder`, "Give the name of a file."],
    ] as const) {
      const { code, stderr } = await podnet(`report prod -o ${file} --pulumi-root ${folder}`, files);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(`--output: ${file} can't be written: ${why}.\n    -> ${fix}`), stderr);
    }
    assert.equal(readFileSync(taken, "utf8"), "");
  });

  it("names its letter in its help", async () => {
    const { stdout } = await podnet("report --help");
    assert.match(stdout, /^ {2}-o, --output <file> /m);
  });

  it("wants one environment, which there is", async () => {
    assert.equal((await podnet("report", files)).code, 2);
    assert.equal((await podnet("report nowhere", files)).code, 2);
  });
});
