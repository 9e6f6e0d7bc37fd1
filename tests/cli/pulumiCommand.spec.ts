import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OutsideError } from "../../cli/outsideError";
import { findPulumi } from "../../cli/pulumiCommand";
import { temporaryFolder } from "../support/temporaryFolder";

describe("findPulumi", () => {
  const root = temporaryFolder();
  const pulumi = join(root, "bin", "pulumi");
  after(() => {
    rmSync(root, { recursive: true });
  });
  const failureOf = async (script: string): Promise<OutsideError> => {
    mkdirSync(join(root, "bin"), { recursive: true });
    writeFileSync(pulumi, `#!/bin/sh\n${script}\n`);
    chmodSync(pulumi, 0o755);
    const failure = await findPulumi(root).catch((error: unknown) => error);
    assert.ok(failure instanceof OutsideError, String(failure));
    return failure;
  };

  it("says which signal has ended pulumi, which is no pulumi that has to be installed", async () => {
    const { message, fix, cause } = await failureOf("kill -INT $$");
    assert.deepEqual([message, fix], ["Starting pulumi failed: pulumi was ended by SIGINT", "Run it again."]);
    assert.equal((cause as Error).name, "PulumiStoppedError");
  });

  it("says how pulumi has failed", async () => {
    const { message } = await failureOf("exit 126");
    assert.equal(message, `Starting pulumi failed: Command failed with exit code 126: ${pulumi} version`);
  });
});
