import assert from "node:assert/strict";
import { join } from "node:path";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { podnet, podnetJson } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = {
  [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]",
  "bad.yaml": "environments:\n  - name: prod\n    region: moon\n",
};

for (const command of ["preview", "up"]) {
  describe(`podnet ${command}`, () => {
    it("wants an environment that there is", async () => {
      const { code, stderr } = await podnet(`${command} prodd`, files);
      assert.equal(code, 2);
      assert.match(stderr, /ENVIRONMENT: there is no environment "prodd"\.\n +-> Did you mean prod\?/);
    });

    it("tells the place of a mistake in the file of environments", async () => {
      const { code, stderr } = await podnet(`${command} prod --file bad.yaml`, files);
      assert.equal(code, 2);
      assert.equal(
        stderr,
        `podnet ${command}: bad.yaml is not usable (1 problem)\n` +
          `  3:13   environments[0].region: "moon" can't be used.\n` +
          `           -> Give an AWS Region, such as us-west-2.\n`,
      );
    });

    it("says where a folder has no pulumi, and where the sandbox has its own", async () => {
      const folder = temporaryFolder();
      const before = process.env.AWS_ENDPOINT_URL;
      try {
        process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:4566";
        const { code, json } = await podnetJson(`${command} prod --pulumi-root ${folder}`, files);
        assert.equal(code, 3);
        assert.deepEqual(json, {
          error: {
            exitCode: 3,
            message: `Starting pulumi failed: there is no pulumi in ${folder}/bin`,
            fix: `This shell speaks to a sandbox, which has a pulumi of its own: --pulumi-root ${standInPulumiRoot()}`,
          },
        });
      } finally {
        if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
        else process.env.AWS_ENDPOINT_URL = before;
      }
    });
  });
}
