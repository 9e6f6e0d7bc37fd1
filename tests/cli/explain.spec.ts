import assert from "node:assert/strict";
import { join } from "node:path";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = { [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]" };

describe("podnet explain", function () {
  // The first that gets as far loads what rotates.
  this.timeout(60_000);

  it("takes an environment, names, and the flags that decide about pods, and gets as far as pulumi", async () => {
    const folder = temporaryFolder();
    const flags = "--force --pod-selector app!=web --delete-emptydir-data=false";
    const { code, stderr } = await podnet(
      `explain prod node-1 shop/web-1 ${flags} --pulumi-root ${folder}`,
      files,
    );
    assert.equal(code, 3);
    assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
  });

  it("has its help in the width of the terminal, but for examples", async () => {
    const { columns } = process.stdout;
    Object.assign(process.stdout, { columns: 90 });
    try {
      const { stdout } = await podnet("explain --help");
      const long = stdout.split("\n").filter((line) => line.length > 90 && !/^ +podnet /.test(line));
      assert.deepEqual(long, []);
    } finally {
      Object.assign(process.stdout, { columns });
    }
  });

  it("says what is missing", async () => {
    const { code, stderr } = await podnet("explain prod", files);
    assert.equal(code, 2);
    assert.match(stderr, /NODE\|POD: is missing\.\n {4}-> Give a node's name, or namespace\/name of a pod\./);
  });

  it("refuses names that can be nobody's", async () => {
    const { code, stderr } = await podnet("explain prod web-1/ shop/web-1 a/b/c", files);
    assert.equal(code, 2);
    assert.deepEqual(stderr.match(/"[^"]*" is neither a node's name/g), [
      `"web-1/" is neither a node's name`,
      `"a/b/c" is neither a node's name`,
    ]);
  });

  it("says that there is no such environment", async () => {
    const { code, stderr } = await podnet("explain prd node-1", files);
    assert.equal(code, 2);
    assert.match(stderr, /prd.*prod/s);
  });
});
