import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoProject } from "../../../cli/demo/demoProject";
import { temporaryFolder } from "../../support/temporaryFolder";

describe("the project of a demo", () => {
  let folder: string;
  let proposals: number;
  beforeEach(() => {
    folder = temporaryFolder();
    proposals = 0;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const propose = (workDir: string) => {
    proposals += 1;
    mkdirSync(join(workDir, "stacks"));
    writeFileSync(join(workDir, "stacks", "environments.yaml"), "");
    return Promise.resolve();
  };

  it("has podnet's own program, and stays as it is once it was proposed", async () => {
    const workDir = await demoProject({ folder }, propose);
    const [, main = ""] = /^main: (.*)$/m.exec(readFileSync(join(workDir, "Pulumi.yaml"), "utf8")) ?? [];
    assert.ok(existsSync(join(workDir, main)), main);
    assert.equal(await demoProject({ folder }, propose), workDir);
    assert.equal(proposals, 1);
  });

  it("is proposed anew where it was cut off", async () => {
    await assert.rejects(
      demoProject({ folder }, () => Promise.reject(new Error("killed"))),
      /killed/,
    );
    await demoProject({ folder }, propose);
    assert.equal(proposals, 1);
  });
});
