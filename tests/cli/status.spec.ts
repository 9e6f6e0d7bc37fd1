import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { podnetJson } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

describe("podnet status", function () {
  // Each environment is looked at in a process of its own.
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("says of several environments that could not be looked at why, and the way out", async () => {
    const file = join(folder, "environments.yaml");
    const text = "environments: [{ name: dev, region: us-west-2 }, { name: prod, region: us-west-2 }]";
    writeFileSync(file, text);
    const { code, json } = await podnetJson(
      `status --all --file ${file} --work-dir ${folder} --pulumi-root ${folder}`,
      { [file]: text },
    );
    const unseen = {
      failure: `Starting pulumi failed: there is no pulumi in ${folder}/bin`,
      fix: "Install it as https://www.pulumi.com/docs/install says, or give its folder with --pulumi-root.",
    };
    assert.deepEqual(
      { code, json },
      {
        code: 3,
        json: {
          environments: [
            { environment: "dev", ...unseen },
            { environment: "prod", ...unseen },
          ],
          sharedRanges: [],
        },
      },
    );
  });
});
