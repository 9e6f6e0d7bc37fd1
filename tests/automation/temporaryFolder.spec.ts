import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFolder } from "../../automation/temporaryFolder";

describe("withTemporaryFolder", () => {
  it("gives a folder that only its owner may read, and removes it with what is in it", async () => {
    let path = "";
    const answer = withTemporaryFolder("podnet-plan-", (folder) => {
      path = folder;
      writeFileSync(join(folder, "plan.json"), "{}");
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      return Promise.reject(new Error("no"));
    });
    await assert.rejects(answer, /^Error: no$/);
    assert.match(path, /podnet-plan-[^/]*$/);
    assert.equal(existsSync(path), false);
  });

  it("removes it where the process ends before", function () {
    this.timeout(60_000);
    const root = join(__dirname, "..", "..");
    const built = join(root, "dist", "automation", "temporaryFolder.js");
    const script = `require(${JSON.stringify(built)}).withTemporaryFolder("podnet-plan-", async (folder) => {
      process.stdout.write(folder);
      process.exit(7);
    });`;
    const { status, stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.equal(status, 7);
    assert.match(stdout, /podnet-plan-/);
    assert.equal(existsSync(stdout), false);
  });
});
