import assert from "node:assert/strict";
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

  it("names its letter in its help", async () => {
    const { stdout } = await podnet("report --help");
    assert.match(stdout, /^ {2}-o, --output <file> /m);
  });

  it("wants one environment, which there is", async () => {
    assert.equal((await podnet("report", files)).code, 2);
    assert.equal((await podnet("report nowhere", files)).code, 2);
  });
});
