import assert from "node:assert/strict";
import { join } from "node:path";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = { [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]" };

describe("podnet rotate", function () {
  // The first that gets as far loads what rotates.
  this.timeout(60_000);

  it("takes every flag of its help, and gets as far as pulumi", async () => {
    const flags = "--force --max-unavailable 10% --pod-timeout-seconds 60 --node-timeout-seconds 60";
    const folder = temporaryFolder();
    const { code, stderr } = await podnet(`rotate prod ${flags} --pulumi-root ${folder}`, files);
    assert.equal(code, 3);
    assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
  });

  it("says all that is wrong with its settings, by the names of the flags", async () => {
    const { code, stderr } = await podnet("rotate prod --force --max-unavailable few", files);
    assert.equal(code, 2);
    assert.match(stderr, /^podnet rotate: 1 problem\n {2}--max-unavailable: "few" /);
  });
});
