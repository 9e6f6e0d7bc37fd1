import assert from "node:assert/strict";
import { podnet } from "../support/podnet";

describe("podnet init", function () {
  // The clients of AWS take their time to load.
  this.timeout(60_000);

  it("takes no name that an environment can't have, before it looks at anything", async () => {
    const { code, stderr } = await podnet("init --cluster shop --region us-west-2 --name we/ird");
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "podnet init: 1 problem\n" +
        '  --name: "we/ird" can\'t be used.\n' +
        "    -> Give a name of up to 100 letters, digits, -, _ and ., which begins with a letter, a digit or _, such as prod.\n",
    );
  });

  it("is named where there is no file of environments, with the place that was given", async () => {
    const commands = [
      "preflight prod",
      "status",
      "up prod --work-dir elsewhere",
      "permissions prod --file e.yaml",
    ];
    const named = commands.map(async (command) => {
      const { code, stderr } = await podnet(command);
      assert.equal(code, 2, stderr);
      assert.match(stderr, / -> Give the path of the file of environments\. Or have it written: /);
      return /podnet init (.*)$/m.exec(stderr)?.[1];
    });
    assert.deepEqual(await Promise.all(named), [
      "--cluster CLUSTER --region REGION --name prod",
      "--cluster CLUSTER --region REGION --name NAME",
      "--cluster CLUSTER --region REGION --name prod --work-dir elsewhere",
      "--cluster CLUSTER --region REGION --name prod --file e.yaml",
    ]);
  });
});
