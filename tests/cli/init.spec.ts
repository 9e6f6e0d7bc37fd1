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
});
