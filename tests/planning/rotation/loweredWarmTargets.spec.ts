import assert from "node:assert/strict";
import { loweredWarmTargets } from "../../../planning/rotation/loweredWarmTargets";

describe("lower warm targets", () => {
  const rows: [string, Record<string, string>, Record<string, string>][] = [
    ["beat the warm ENI by one warm address", { WARM_ENI_TARGET: "1" }, { WARM_IP_TARGET: "1" }],
    [
      "lower what is set higher",
      { WARM_IP_TARGET: "5", MINIMUM_IP_TARGET: "30" },
      { WARM_IP_TARGET: "1", MINIMUM_IP_TARGET: "1" },
    ],
    ["set a minimum only where there is one", { MINIMUM_IP_TARGET: "1" }, { WARM_IP_TARGET: "1" }],
    ["change nothing that is low enough", { WARM_IP_TARGET: "1" }, {}],
  ];
  for (const [title, env, lowered] of rows) {
    it(title, () => {
      assert.deepEqual(loweredWarmTargets(env), lowered);
    });
  }
});
